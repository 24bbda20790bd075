import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { migratedProject } from '../support/project.ts'
import { psql } from '../support/psql.ts'
import { failure } from '../support/revisions.ts'

// What may not write cannot hold the note that it is done: the note comes behind it.
const bodies: readonly (readonly [string, string])[] = [
  ['a transaction', 'START TRANSACTION READ ONLY;\nSELECT 1;\nCOMMIT;'],
  ['SET TRANSACTION', 'BEGIN;\nSET TRANSACTION READ ONLY;\nSELECT 1;\nEND;'],
  [
    'the session',
    'SET default_transaction_read_only = on;\nSELECT 1;\nSET default_transaction_read_only = off;',
  ],
  [
    'the characteristics of the session',
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;\nSELECT 1;\nSET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;',
  ],
]

test.each(bodies)(
  'what is read-only by %s runs in a file without a transaction, online and by a script',
  async (_, readOnly) => {
    const { database, folder, options } = await migratedProject('CREATE TABLE t (id int);')
    const up = `${readOnly}\nINSERT INTO t VALUES (2);`
    await folder.sql('bbb2', { revises: 'aaa1', head: ['transaction: none'], up })
    const { sql = '' } = await createMigrator(options).upgrade('base:head', { sql: true })
    await initDb(options)
    expect(await database.query('SELECT id FROM t')).toEqual([{ id: 2 }])
    const other = await createDatabase()
    expect(await psql(other, sql)).toEqual({ code: 0, stderr: '' })
    expect(await other.query('SELECT id FROM t')).toEqual([{ id: 2 }])
  },
)

test('a revision that makes its own transaction read-only is told what keeps it from being recorded', async () => {
  const { folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.sql('bbb2', { revises: 'aaa1', up: 'SET TRANSACTION READ ONLY;\nSELECT 1;' })
  const error = await failure(initDb(options))
  expect(error.details.hint).toMatch(/Remove what sets that/)
  expect(error.details.hint).not.toMatch(/not to blame/)
})

test('a database that is read-only by default is told from a standby', async () => {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.sql('bbb2', { revises: 'aaa1', up: 'INSERT INTO t VALUES (2);' })
  await database.query(
    `ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET default_transaction_read_only = on`,
  )
  expect((await failure(initDb(options))).details.hint).toMatch(/default_transaction_read_only/)
})
