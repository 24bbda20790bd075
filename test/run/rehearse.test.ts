import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { readEverything } from '../support/catalog.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

async function threeRevisions() {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int PRIMARY KEY);', down: 'DROP TABLE t;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'INSERT INTO t VALUES (1);',
    down: 'DELETE FROM t;',
  })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: 'ALTER TABLE t ADD COLUMN x int;',
    down: 'ALTER TABLE t DROP COLUMN x;',
  })
  return folder
}

test('a plan names the steps and runs nothing, in both directions', async () => {
  const [database, folder] = [await createDatabase(), await threeRevisions()]
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  await migrator.upgrade('aaa1')
  const before = await readEverything(database)
  const up = await migrator.upgrade('heads', { plan: true })
  expect(up).toMatchObject({ kind: 'plan', from: ['aaa1'], to: ['ccc3'] })
  expect(up.applied.map(({ revision }) => revision)).toEqual(['bbb2', 'ccc3'])
  const down = await migrator.downgrade('base', { plan: true })
  expect(down.applied).toMatchObject([{ revision: 'aaa1', direction: 'downgrade' }])
  expect(await readEverything(database)).toEqual(before)
})

test('a rehearsal runs everything and leaves no trace, on a fresh database too', async () => {
  const [database, folder] = [await createDatabase(), await threeRevisions()]
  const before = await readEverything(database)
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  const report = await migrator.upgrade('heads', { rehearse: true })
  expect(report).toMatchObject({ kind: 'rehearse', from: [], to: ['ccc3'] })
  expect(report.applied).toHaveLength(3)
  expect(await readEverything(database)).toEqual(before)
})

test('a rehearsal finds what would fail, deferred constraints included', async () => {
  const [database, folder] = [await createDatabase(), await threeRevisions()]
  await folder.sql('ddd4', {
    revises: 'ccc3',
    up: 'CREATE TABLE u (id int REFERENCES t DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO u VALUES (99);',
    down: 'DROP TABLE u;',
  })
  const before = await readEverything(database)
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  const error = await failure(migrator.upgrade('heads', { rehearse: true }))
  expect(error).toMatchObject({ code: 'LIMBECK_STEP_FAILED', details: { sqlstate: '23503' } })
  expect(await readEverything(database)).toEqual(before)
})

test('what cannot run in a transaction cannot be rehearsed, and the range that can is named', async () => {
  const [database, folder] = [await createDatabase(), await threeRevisions()]
  await folder.sql('ddd4', {
    revises: 'ccc3',
    head: ['transaction: none'],
    up: 'CREATE INDEX CONCURRENTLY i ON t (x);',
    down: 'DROP INDEX i;',
  })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  const error = await failure(migrator.upgrade('heads', { rehearse: true }))
  expect(error).toMatchObject({
    code: 'LIMBECK_INVALID_OPTION',
    details: { revision: 'ddd4', hint: 'Rehearse up to ccc3.' },
  })
})

test('a new enum value and its use can be run, but not rehearsed together', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: "CREATE TYPE mood AS ENUM ('ok');", down: 'DROP TYPE mood;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: "ALTER TYPE mood ADD VALUE 'great';",
    down: 'SELECT 1;',
  })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: "CREATE TABLE t (m mood DEFAULT 'great');",
    down: 'DROP TABLE t;',
  })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  await migrator.upgrade('aaa1')
  const error = await failure(migrator.upgrade('heads', { rehearse: true }))
  expect(error).toMatchObject({
    code: 'LIMBECK_INVALID_OPTION',
    details: { sqlstate: '55P04', revision: 'ccc3' },
  })
  expect((await migrator.upgrade('bbb2', { rehearse: true })).applied).toHaveLength(1)
  expect((await migrator.upgrade()).applied).toHaveLength(2)
})

test('hooks run around each step, in its transaction: one that throws fails the step', async () => {
  const [database, folder] = [await createDatabase(), await threeRevisions()]
  const told: string[] = []
  const options = { url: database.url, migrations: folder.path }
  await initDb({
    ...options,
    hooks: {
      beforeStep: ({ direction, revision }) => void told.push(`before ${direction} ${revision}`),
      afterStep: async ({ revision, sql }) => {
        if (revision !== 'aaa1') await sql`INSERT INTO t VALUES (${told.length + 10})`
        told.push(`after ${revision}`)
      },
    },
  })
  expect(told.slice(0, 3)).toEqual(['before upgrade aaa1', 'after aaa1', 'before upgrade bbb2'])
  expect(await database.query('SELECT id FROM t ORDER BY 1')).toEqual([
    { id: 1 },
    { id: 13 },
    { id: 15 },
  ])
  const before = await readEverything(database)
  const refusing = createMigrator({
    ...options,
    hooks: { afterStep: () => Promise.reject(new Error('not today')) },
  })
  const error = await failure(refusing.downgrade('bbb2'))
  expect(error).toMatchObject({ code: 'LIMBECK_STEP_FAILED', details: { revision: 'ccc3' } })
  expect(error.message).toContain('not today')
  expect(await readEverything(database)).toEqual(before)
})
