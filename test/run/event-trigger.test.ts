import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { emptyProject, migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

const forbid = `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no DDL by day'; END $$;
CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()`

test('an event trigger that forbids Limbeck’s own tables is told as that, before any revision is blamed', async () => {
  const { database, folder, options } = await emptyProject()
  await folder.sql('aaa1', { up: 'SELECT 1;', down: 'SELECT 1;' })
  await database.query(forbid)
  for (const attempt of [
    () => initDb(options),
    () => createMigrator(options).upgrade('head'),
    () => createMigrator(options).ensureVersion(),
  ]) {
    const error = await failure(attempt())
    expect(error.message).toContain('no DDL by day')
    expect(error.message).toContain("Limbeck's own tables")
    expect(error.details.revision).toBeUndefined()
  }
  await database.query('DROP EVENT TRIGGER forbid')
  expect((await initDb(options)).outcome).toBe('created')
})

test('one that forbids what a revision does is the revision’s, with its line', async () => {
  const { database, folder, options } = await migratedProject('SELECT 1;')
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'SELECT 1;\nCREATE TABLE t ();',
    down: 'SELECT 1;',
  })
  await database.query(forbid)
  const error = await failure(initDb(options))
  await database.query('DROP EVENT TRIGGER forbid')
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { revision: 'bbb2', statement: 'CREATE TABLE t ()', line: 8 },
  })
})

test('one that finds its log by the search_path finds it while Limbeck’s own tables are made', async () => {
  const { database, folder, options } = await emptyProject()
  await folder.sql('aaa1', { up: 'CREATE TABLE t ();', down: 'DROP TABLE t;' })
  await database.query(`CREATE TABLE log (tag text);
    CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note()`)
  const ignoring = { ...options, ignoreTables: ['log'] }
  expect((await initDb(ignoring)).outcome).toBe('created')
  const tags = await database.query("SELECT count(*)::int AS n FROM log WHERE tag = 'CREATE TABLE'")
  expect(tags).toEqual([{ n: 4 }])
})
