import { unlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

/** A database that a newer build has brought to ccc3, and the folder of the build before, which ends at aaa1. */
async function rolledBack(newest: { readonly head?: readonly string[]; readonly down?: string }) {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  const newer = [
    await folder.sql('bbb2', {
      revises: 'aaa1',
      up: 'ALTER TABLE t ADD COLUMN b int;',
      down: 'ALTER TABLE t DROP COLUMN b;',
    }),
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: 'ALTER TABLE t ADD COLUMN c int;',
      down: 'ALTER TABLE t DROP COLUMN c;',
      ...newest,
    }),
  ]
  const options = { url: database.url, migrations: folder.path }
  await initDb(options)
  for (const file of newer) await unlink(file)
  const columns = async () =>
    (
      await database.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped`,
      )
    ).map(({ name }) => name)
  return { database, options, columns, migrator: createMigrator(options) }
}

test('--from-history undoes revisions that no file is there of, and the older build is at head', async () => {
  const { options, columns, migrator } = await rolledBack({})
  expect((await failure(migrator.downgrade('aaa1'))).code).toBe('LIMBECK_DATABASE_AHEAD')
  const plan = await migrator.downgrade('aaa1', { fromHistory: true, plan: true })
  expect(plan.rebuilt).toEqual([
    { revision: 'ccc3', downgradeSql: 'ALTER TABLE t DROP COLUMN c;' },
    { revision: 'bbb2', downgradeSql: 'ALTER TABLE t DROP COLUMN b;' },
  ])
  expect(await columns()).toEqual(['id', 'b', 'c'])
  const report = await migrator.downgrade('aaa1', { fromHistory: true })
  expect(report).toMatchObject({ from: ['ccc3'], to: ['aaa1'] })
  expect(await columns()).toEqual(['id'])
  expect((await initDb(options)).outcome).toBe('current')
})

test('--from-history goes on below what this build has files of', async () => {
  const { database, migrator } = await rolledBack({})
  expect((await migrator.downgrade('base', { fromHistory: true })).applied).toHaveLength(3)
  expect(await database.query(`SELECT to_regclass('t') AS t`)).toEqual([{ t: null }])
})

test('--from-history of a revision outside transactions is carried out the same way', async () => {
  const { columns, migrator } = await rolledBack({ head: ['transaction: none'] })
  await migrator.downgrade('aaa1', { fromHistory: true })
  expect(await columns()).toEqual(['id'])
})

test('--from-history of a one-way revision is refused before anything is run', async () => {
  const { columns, migrator } = await rolledBack({ head: ['irreversible: data is gone'], down: '' })
  const error = await failure(migrator.downgrade('aaa1', { fromHistory: true }))
  expect(error.code).toBe('LIMBECK_IRREVERSIBLE')
  expect(await columns()).toEqual(['id', 'b', 'c'])
})

test('--from-history with --sql prints a script and runs nothing', async () => {
  const { columns, migrator } = await rolledBack({})
  const { sql = '' } = await migrator.downgrade('aaa1', { fromHistory: true, sql: true })
  expect(sql).toContain('DROP COLUMN c')
  expect(await columns()).toEqual(['id', 'b', 'c'])
})

test('--from-history runs what was agreed to, and nothing that was put in its place since', async () => {
  const { database, columns, migrator } = await rolledBack({})
  const { rebuilt: agreed } = await migrator.downgrade('aaa1', { fromHistory: true, plan: true })
  await database.query(
    `UPDATE limbeck_history SET downgrade_sql = 'DROP TABLE t' WHERE revision = 'bbb2'`,
  )
  const error = await failure(migrator.downgrade('aaa1', { fromHistory: true, agreed }))
  expect(`${error.code} ${error.message}`).toContain('LIMBECK_VERSION_CONFLICT')
  expect(error.message).toContain('bbb2')
  expect(await columns()).toEqual(['id', 'b', 'c'])
  const { rebuilt: anew } = await migrator.downgrade('aaa1', { fromHistory: true, plan: true })
  await migrator.downgrade('base', { fromHistory: true, agreed: anew }).catch(() => {})
  expect(await database.query(`SELECT to_regclass('t') AS t`)).toEqual([{ t: null }])
})

test.each([
  ['has no hash', `hash = NULL`],
  ['has a hash of no file', `hash = 'abc'`],
  ['leads elsewhere', `rows_after = '{aaa1}'`],
  ['leads from where it stands already', `rows_before = '{ccc3}'`],
])('--from-history runs no SQL of a line that %s', async (_, forged) => {
  const { database, columns, migrator } = await rolledBack({})
  await database.query(`UPDATE limbeck_history SET ${forged} WHERE revision = 'ccc3'`)
  await failure(migrator.downgrade('aaa1', { fromHistory: true }))
  expect(await columns()).toEqual(['id', 'b', 'c'])
})

test('--from-history reads no header out of a row of the history', async () => {
  const { database, columns, migrator } = await rolledBack({})
  await database.query(
    `UPDATE limbeck_history SET rows_before = ARRAY[E'bbb2\\n-- transaction: none'] WHERE revision = 'ccc3'`,
  )
  await failure(migrator.downgrade('aaa1', { fromHistory: true }))
  expect(await columns()).toEqual(['id', 'b', 'c'])
})
