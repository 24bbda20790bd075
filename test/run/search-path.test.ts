import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { migratedProject } from '../support/project.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { pair } from './offline/pair.ts'

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

test('what a body resets is what Limbeck has given it, in a transaction and without one, online and in a script', async () => {
  const resets = [
    'RESET ALL',
    'RESET /* a; */ ALL',
    'RESET search_path',
    'SET search_path TO DEFAULT',
    'SET LOCAL search_path TO DEFAULT',
  ]
  for (const [index, head] of [[], ['transaction: none']].entries()) {
    const folder = await revisionFolder()
    const { online, migrator, run, same } = await pair(folder.path, {
      schema: 'app',
      versionSchema: 'public',
    })
    const seen = `INSERT INTO public.seen SELECT current_schema(), current_setting('lock_timeout');`
    const body = resets
      .filter((reset) => index === 0 || !reset.includes('LOCAL'))
      .map((reset) => `SET search_path = pg_catalog;\n${reset};\n${seen}`)
      .join('\n')
    await folder.sql('aaa1', { up: 'CREATE TABLE public.seen (schema text, wait text);' })
    await folder.sql('bbb2', { revises: 'aaa1', head, up: body })
    await migrator.upgrade()
    const rows = await online.query('SELECT DISTINCT schema, wait FROM seen')
    expect(rows).toEqual([{ schema: 'app', wait: '500ms' }])
    await run((await migrator.upgrade('head', { sql: true })).sql)
    await same(['public.seen'])
  }
})

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
