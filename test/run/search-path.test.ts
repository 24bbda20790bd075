import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { migratedProject } from '../support/project.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

test.each([
  ['"$user", public', '{pg_catalog,main,public}'],
  ['archive, "My Schema"', '{pg_catalog,main,archive,"My Schema"}'],
  ['"a,b", "a""b"', '{pg_catalog,main,"a,b","a\\"b"}'],
  ['main, archive', '{pg_catalog,main,archive}'],
  ['user, table', '{pg_catalog,main,user,table}'],
  ["''", '{pg_catalog,main}'],
  ['pg_catalog, archive', '{main,pg_catalog,archive}'],
])(
  'behind the target schema stands what the database says of search_path: %s',
  async (path, expected) => {
    const database = await createDatabase()
    for (const name of ['main', 'archive', '"My Schema"', '"a,b"', '"a""b"', '"user"', '"table"'])
      await database.query(`CREATE SCHEMA ${name}`)
    const folder = await revisionFolder()
    const words = /^(?:user|table)/.test(path)
      ? path
          .split(', ')
          .map((word) => `"${word}"`)
          .join(', ')
      : path
    const [row] = await database.query<{ name: string }>('SELECT current_database() AS name')
    await database.query(`ALTER DATABASE "${row?.name}" SET search_path = ${words}`)
    const up = (table: string) =>
      `CREATE TABLE main.${table} AS SELECT current_schemas(true)::text AS path;`
    await folder.sql('aaa1', { up: up('a'), down: 'SELECT 1;' })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: ['transaction: none'],
      up: up('b'),
      down: 'SELECT 1;',
    })
    await initDb({ url: database.url, migrations: folder.path, schema: 'main' })
    const found = await database.query('SELECT a.path, b.path AS other FROM main.a, main.b')
    expect(found).toEqual([{ path: expected, other: expected }])
  },
)

test('what cannot run in the transaction of a revision says where it can', async () => {
  const procedure = `CREATE PROCEDURE ends() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;`
  for (const up of [
    'CALL ends();',
    'DO $$ BEGIN COMMIT; END $$;',
    "DO $$ BEGIN EXECUTE 'VACUUM'; END $$;",
  ]) {
    const { folder, options } = await migratedProject(procedure)
    await folder.sql('bbb2', { revises: 'aaa1', up, down: 'SELECT 1;' })
    const error = await failure(initDb(options))
    expect(error.details).toMatchObject({ revision: 'bbb2', line: 7 })
    expect(error.details.hint).toContain('transaction: none')
  }
})
