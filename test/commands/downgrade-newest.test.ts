import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

/** A base, two branches and the merge of both, in an empty database. */
async function merge() {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const parents = { a: '', b1: 'a', b2: 'a', m: 'b1, b2' }
  for (const [id, revises] of Object.entries(parents)) {
    await folder.sql(id, { revises, up: 'SELECT 1;', down: 'SELECT 2;' })
  }
  const options = { url: database.url, migrations: folder.path }
  return { database, options, folder, migrator: createMigrator(options) }
}

const rows = async (database: TestDatabase) =>
  (await database.query<{ version_num: string }>('SELECT version_num FROM limbeck_version'))
    .map(({ version_num }) => version_num)
    .sort()

test('-1 undoes what was applied last, in whichever branch', async () => {
  const { database, migrator } = await merge()
  await migrator.upgrade('b2')
  await migrator.upgrade('b1')
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'b1' }])
  await migrator.upgrade('b1')
  await migrator.downgrade('b2@-1')
  await migrator.upgrade('b2')
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'b2' }])
  expect(await rows(database)).toEqual(['b1'])
})

test('-N crosses a merge point and goes on in the order of the history, down to base', async () => {
  const { database, migrator } = await merge()
  await migrator.upgrade('b2')
  await migrator.upgrade()
  const undone = async (target: string) =>
    (await migrator.downgrade(target)).applied.map(({ revision }) => revision)
  expect(await undone('-2')).toEqual(['m', 'b1'])
  expect(await rows(database)).toEqual(['b2'])
  expect(await undone('-2')).toEqual(['b2', 'a'])
  expect(await rows(database)).toEqual([])
  expect((await failure(migrator.downgrade('-1'))).code).toBe('LIMBECK_OUT_OF_RANGE')
})

test('plan and rehearsal go by the history too, and change nothing', async () => {
  const { database, migrator } = await merge()
  expect((await failure(migrator.downgrade('-1', { plan: true }))).code).toBe(
    'LIMBECK_OUT_OF_RANGE',
  )
  await migrator.upgrade('b2')
  await migrator.upgrade('b1')
  for (const option of ['plan', 'rehearse'] as const) {
    const { applied } = await migrator.downgrade('-2', { [option]: true })
    expect(applied.map(({ revision }) => revision)).toEqual(['b1', 'b2'])
  }
  expect(await rows(database)).toEqual(['b1', 'b2'])
})

test('a stamp counts as applying what it stands for', async () => {
  const { migrator } = await merge()
  await migrator.upgrade('b2')
  await migrator.stamp('b1')
  await migrator.upgrade('b2')
  await migrator.stamp(['b1', 'b2'])
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'b1' }])
  await migrator.stamp('base')
  await migrator.stamp('m')
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'm' }])
})

test('accepting an edited file does not make its revision the newest', async () => {
  const { folder, migrator } = await merge()
  await migrator.upgrade('b1')
  await migrator.upgrade('b2')
  await folder.sql('b1', { revises: 'a', up: 'SELECT 3;' })
  await migrator.stamp(['b1', 'b2'])
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'b2' }])
})

test('rows that nobody recorded are refused with what to type, and nothing runs', async () => {
  const { database, migrator } = await merge()
  await migrator.ensureVersion()
  await database.query(`INSERT INTO limbeck_version VALUES ('b1'), ('b2')`)
  const error = await failure(migrator.downgrade('-1'))
  expect(error.code).toBe('LIMBECK_AMBIGUOUS_WALK')
  expect(error.details.hint).toContain('`npx limbeck downgrade b1@-1`')
  expect(await rows(database)).toEqual(['b1', 'b2'])
  expect((await migrator.downgrade('b1@-1')).applied).toMatchObject([{ revision: 'b1' }])
})

test('a table taken over from Alembic is followed down its one line, and what came later goes first', async () => {
  const { database, options } = await merge()
  const migrator = createMigrator({ ...options, versionTable: 'alembic_version' })
  await database.query(`CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
    INSERT INTO alembic_version VALUES ('b1')`)
  await migrator.upgrade('b2')
  expect((await migrator.downgrade('-1')).applied).toMatchObject([{ revision: 'b2' }])
  expect((await migrator.downgrade('-2')).applied).toMatchObject([
    { revision: 'b1' },
    { revision: 'a' },
  ])
})

test('after a boot from base the last step of the boot goes', async () => {
  const { options, migrator } = await merge()
  const { applied } = await initDb(options)
  const { applied: undone } = await migrator.downgrade('-3')
  expect(undone.map(({ revision }) => revision)).toEqual(applied.toReversed().slice(0, 3))
})
