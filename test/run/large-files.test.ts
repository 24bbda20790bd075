import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

const rows = 20_000

/** More than PostgreSQL is asked to check at once. */
async function largeRevision(last = '') {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const insert = `INSERT INTO big VALUES (1, '${'x'.repeat(60)};');\n`
  const up = `CREATE TABLE big (id int, note text);\n${insert.repeat(rows)}${last}`
  await folder.sql('aaa1', { up, down: 'DROP TABLE big;' })
  return { ...database, folder, options: { url: database.url, migrations: folder.path } }
}

test('a revision of megabytes is applied whole', async () => {
  const { options, query } = await largeRevision()
  expect(await initDb(options)).toMatchObject({ outcome: 'created', applied: ['aaa1'] })
  expect(await query('SELECT count(*)::int FROM big')).toEqual([{ count: rows }])
})

test('a mistake at its end is found, with its line, before anything runs', async () => {
  const { options, query } = await largeRevision('CREATE TABEL late ();')
  const { code, details } = await failure(initDb(options))
  expect(code).toBe('LIMBECK_SQL_SYNTAX')
  expect(details).toMatchObject({ statement: 'CREATE TABEL late ()', line: expect.any(Number) })
  expect(details.line).toBeGreaterThan(rows)
  expect(await query("SELECT to_regclass('big') AS big")).toEqual([{ big: null }])
})

test('so is one that only PostgreSQL sees, and nothing of the others runs', async () => {
  const { options, folder, query } = await largeRevision()
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE wrong (a int,);',
    down: 'SELECT 1;',
  })
  expect(await failure(initDb(options))).toMatchObject({
    code: 'LIMBECK_SQL_SYNTAX',
    details: { statement: 'CREATE TABLE wrong (a int,)' },
  })
  expect(await query("SELECT to_regclass('big') AS big")).toEqual([{ big: null }])
})
