import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { imported } from './foreign.ts'
import { last, leftBehind, type Project, up } from './left-behind.ts'

test.each<[Project, string, string, string, RegExp]>([
  [
    'golang-migrate',
    'that is dirty',
    'DROP TABLE t3; UPDATE schema_migrations SET dirty = true',
    'failed',
    /migrate force 3/,
  ],
  [
    'prisma',
    'of which one has failed',
    `DROP TABLE t3; UPDATE _prisma_migrations SET finished_at = NULL, logs = 'x' WHERE migration_name = '${last}'`,
    'failed',
    /npx prisma migrate resolve/,
  ],
  [
    'flyway',
    'of which one has failed',
    `DROP TABLE t3; UPDATE flyway_schema_history SET success = false WHERE version = '3'`,
    'failed',
    /flyway repair/,
  ],
])(
  '%s: a ledger %s is refused, and settled as doctor says',
  async (tool, _, change, status, own) => {
    const { options, ids, migrator, database } = await leftBehind(tool, change)
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
    const { problems } = await migrator.doctor()
    expect(problems).toMatchObject([{ status, revision: ids[2] }])
    expect(problems[0]?.hint).toMatch(own)
    expect(problems[0]?.hint).toContain(`npx limbeck stamp ${ids[1]}`)
    await migrator.stamp(ids[1] ?? '')
    expect((await migrator.upgrade()).applied).toMatchObject([{ revision: ids[2] }])
    expect(await database.query('TABLE t3')).toEqual([])
    expect((await migrator.doctor()).problems).toEqual([])
    // Where all of it was there.
    const whole = await leftBehind(tool, change)
    await whole.database.query(up(3))
    await whole.migrator.stamp(ids[2] ?? '')
    expect((await initDb(whole.options)).outcome).toBe('current')
    expect((await whole.migrator.doctor()).problems).toEqual([])
  },
)

test.each<[Project, string, string, string, RegExp]>([
  [
    'golang-migrate',
    'that is dirty below the first',
    'UPDATE schema_migrations SET version = -1, dirty = true',
    'failed',
    /migrate force -1/,
  ],
  [
    'golang-migrate',
    'of a later version',
    'UPDATE schema_migrations SET version = 7',
    'no file',
    /./,
  ],
  [
    'prisma',
    'of another text',
    `UPDATE _prisma_migrations SET checksum = repeat('0', 64) WHERE migration_name = '${last}'`,
    'edited',
    /Restore the file/,
  ],
  [
    'flyway',
    'of another text',
    `UPDATE flyway_schema_history SET checksum = 1 WHERE version = '2'`,
    'edited',
    /Restore the file/,
  ],
  [
    'flyway',
    'with a gap',
    `DELETE FROM flyway_schema_history WHERE version = '2'`,
    'not recorded',
    /flyway migrate -outOfOrder=true/,
  ],
  [
    'goose',
    'with a gap',
    'DELETE FROM goose_db_version WHERE version_id = 2',
    'not recorded',
    /goose up -allow-missing/,
  ],
  [
    'node-pg-migrate',
    'with a gap',
    `DELETE FROM pgmigrations WHERE name = '2_t'`,
    'not recorded',
    /node-pg-migrate up --no-check-order/,
  ],
])('%s: a ledger %s is refused with a diagnosis', async (tool, _, change, status, hint) => {
  const { options, migrator } = await leftBehind(tool, change)
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
  const { problems } = await migrator.doctor()
  expect(problems.map((each) => each.status)).toEqual([status])
  expect(problems[0]?.hint).toMatch(hint)
})

test('graphile-migrate: what a developer has run of current.sql is more than its ledger says', async () => {
  const sha1 = `sha1:${'0'.repeat(40)}`
  const { migrations } = await imported('graphile-migrate', {
    '000001.sql': `--! Previous: -\n--! Hash: ${sha1}\n\n${up(1)}\n`,
  })
  const database = await createDatabase()
  const options = { url: database.url, migrations, ledger: 'graphile-migrate' } as const
  await initDb(options)
  await database.query(
    "DROP TABLE limbeck_version, limbeck_history, limbeck_progress; INSERT INTO graphile_migrate.current (content) VALUES ('-- Enter migration here' || chr(10))",
  )
  const migrator = createMigrator(options)
  expect((await migrator.doctor()).problems).toEqual([])
  await database.query("UPDATE graphile_migrate.current SET content = content || 'SELECT 1'")
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
  expect((await migrator.doctor()).problems).toMatchObject([
    { status: 'uncommitted', name: 'current.sql' },
  ])
  await database.query('DELETE FROM graphile_migrate.current')
  expect((await initDb(options)).outcome).toBe('adopted')
  await database.query(`UPDATE graphile_migrate.migrations SET hash = 'sha1:${'1'.repeat(40)}'`)
  expect((await migrator.doctor()).problems).toMatchObject([{ status: 'edited' }])
})

test('a dirty ledger without a table is no fresh database', async () => {
  const { options, database } = await leftBehind(
    'golang-migrate',
    'DROP TABLE t1, t2, t3; UPDATE schema_migrations SET version = 1, dirty = true',
  )
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
  expect(await database.query(`SELECT to_regclass('t1') AS t`)).toEqual([{ t: null }])
})
