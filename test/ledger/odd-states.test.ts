import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { folderOf, imported } from './foreign.ts'

const up = (n: number) => `CREATE TABLE t${n} (id integer);`
const down = (n: number) => `DROP TABLE t${n};`
const three = (each: (n: number) => Readonly<Record<string, string>>) =>
  Object.assign({}, each(1), each(2), each(3)) as Readonly<Record<string, string>>

const projects = {
  prisma: three((n) => ({ [`2026010${n}000000_t/migration.sql`]: up(n) })),
  'golang-migrate': three((n) => ({ [`${n}_t.up.sql`]: up(n), [`${n}_t.down.sql`]: down(n) })),
  goose: three((n) => ({ [`${n}_t.sql`]: `-- +goose Up\n${up(n)}\n-- +goose Down\n${down(n)}` })),
  flyway: three((n) => ({ [`V${n}__t.sql`]: up(n), [`U${n}__t.sql`]: down(n) })),
  'node-pg-migrate': three((n) => ({
    [`${n}_t.sql`]: `-- Up Migration\n${up(n)}\n-- Down Migration\n${down(n)}`,
  })),
} satisfies Partial<Record<SqlTool, Readonly<Record<string, string>>>>

type Project = keyof typeof projects

/** What the tool has left behind after all three; then `change` is what happened to it. */
async function leftBehind(tool: Project, change: string) {
  const { migrations, ids } = await imported(tool, projects[tool])
  const database = await createDatabase()
  const options = { url: database.url, migrations, ledger: tool }
  await initDb(options)
  await database.query(`DROP TABLE limbeck_version, limbeck_history, limbeck_progress; ${change}`)
  return { database, options, ids, migrator: createMigrator(options) }
}

/** Flyway's row of a version, of another kind. */
const flywayRow = (rank: number, version: string | null, type: string, success = true) =>
  `INSERT INTO flyway_schema_history VALUES (${rank}, ${version === null ? 'NULL' : `'${version}'`}, 'x', '${type}', 'x', NULL, 'x', now(), 0, ${success})`

const last = '20260103000000_t'

test.each<[Project, string, string, number]>([
  ['golang-migrate', 'nothing at all', 'DELETE FROM schema_migrations; DROP TABLE t1, t2, t3', 0],
  [
    'prisma',
    'a row that was rolled back',
    `DROP TABLE t3; UPDATE _prisma_migrations SET rolled_back_at = now(), finished_at = NULL WHERE migration_name = '${last}'`,
    2,
  ],
  [
    'prisma',
    'a row that was rolled back before it ran well',
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at) VALUES ('x', 'y', '${last}', now())`,
    3,
  ],
  [
    'goose',
    'rows that say that a migration was undone, and run again',
    'INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, false), (3, true)',
    3,
  ],
  [
    'goose',
    'a row that says that a migration was undone',
    'DROP TABLE t3; INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, false)',
    2,
  ],
  [
    'flyway',
    'a baseline in the place of rows',
    `DELETE FROM flyway_schema_history WHERE version IN ('1', '2'); ${flywayRow(0, '2', 'BASELINE')}`,
    3,
  ],
  [
    'flyway',
    'nothing but a baseline',
    `DROP TABLE t3; DELETE FROM flyway_schema_history; ${flywayRow(1, '2.0', 'BASELINE')}`,
    2,
  ],
  [
    'flyway',
    'a migration that makes the baseline',
    `DROP TABLE t3; DELETE FROM flyway_schema_history; ${flywayRow(1, '2', 'SQL_BASELINE')}`,
    2,
  ],
  ['flyway', 'the schema that it made', flywayRow(0, null, 'SCHEMA'), 3],
  ['flyway', 'an undone migration', `DROP TABLE t3; ${flywayRow(4, '3', 'UNDO_SQL')}`, 2],
  [
    'flyway',
    'an undone migration that ran again',
    `${flywayRow(4, '3', 'UNDO_SQL')}; ${flywayRow(5, '3', 'SQL')}`,
    3,
  ],
  [
    'flyway',
    'a removed migration that repair has marked',
    `${flywayRow(4, '2.5', 'SQL')}; ${flywayRow(5, '2.5', 'DELETE')}`,
    3,
  ],
  [
    'flyway',
    'rows of files that were called 1.0 and 03',
    `UPDATE flyway_schema_history SET version = CASE version WHEN '1' THEN '1.0' WHEN '3' THEN '03' ELSE version END`,
    3,
  ],
  ['node-pg-migrate', 'rows in another order', `UPDATE pgmigrations SET id = 4 - id + 10`, 3],
])('%s: a ledger with %s is adopted', async (tool, _, change, count) => {
  const { options, ids, migrator } = await leftBehind(tool, change)
  const report = await migrator.doctor()
  expect(report.problems).toEqual([])
  expect(report.proves).toBe(ids[count - 1] ?? null)
  expect(await initDb(options)).toMatchObject({
    outcome: count === 0 ? 'created' : 'adopted',
    applied: ids.slice(count),
  })
  const after = await migrator.doctor()
  expect(after.findings.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied'])
})

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

test.each<[Project, string]>([
  ['node-pg-migrate', '3_t'],
  ['prisma', last],
  ['golang-migrate', '3'],
  ['goose', '3'],
  ['flyway', '3'],
])(
  '%s: a baseline stands for all that it has run, whatever its migrations are written in',
  async (tool, name) => {
    const all = await leftBehind(tool, 'SELECT 1')
    const migrations = folderOf({ '.gitkeep': '' })
    const of = (url: string) => ({ url, migrations, ledger: tool })
    const { revision, file } = await createMigrator(of(all.database.url)).fromDatabase({
      message: 'baseline',
    })
    expect(readFileSync(file, 'utf8')).toMatch(
      new RegExp(`^-- ledger: ${tool} ${name}(?: [0-9a-f]{64})? baseline$`, 'm'),
    )
    const migrator = createMigrator(of(all.database.url))
    expect((await migrator.doctor()).problems).toEqual([])
    expect(await initDb(of(all.database.url))).toMatchObject({ outcome: 'adopted', to: [revision] })
    // Where the tool has not come so far.
    const { database, options, ids } = await leftBehind(tool, 'SELECT 1')
    await initDb(options)
    await createMigrator(options).stamp(ids[1] ?? '')
    await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
    expect((await failure(initDb(of(database.url)))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
    const [problem] = (await createMigrator(of(database.url)).doctor()).problems
    expect(problem?.hint).toContain(`bring the database there with ${tool} first`)
    const other = await createDatabase()
    expect(await initDb(of(other.url))).toMatchObject({ applied: [revision] })
    expect(await initDb(of(other.url))).toMatchObject({ outcome: 'current' })
  },
)

test.each(Object.keys(projects) as Project[])(
  '%s: a ledger whose schema and table have capitals and quotes in their names is kept and taken over',
  async (tool) => {
    const { migrations, ids } = await imported(tool, projects[tool])
    const database = await createDatabase()
    const ledger = { tool, schema: 'Ops "x"', table: `Done"It's` } as const
    const options = { url: database.url, migrations, ledger }
    expect((await initDb(options)).applied).toEqual(ids)
    const migrator = createMigrator(options)
    await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', to: [ids[2]] })
    await migrator.stamp(ids[0] ?? '')
    const { findings, ledger: found } = await migrator.doctor()
    expect(found?.table).toBe(`"Ops ""x"""."Done""It's"`)
    expect(findings.map(({ status }) => status)).toEqual(['applied', 'pending', 'pending'])
  },
)

test('a ledger of another name in the target schema is no table of the service', async () => {
  const { migrations, ids } = await imported('goose', projects.goose)
  const database = await createDatabase()
  const options = {
    url: database.url,
    migrations,
    ledger: { tool: 'goose', table: 'Versions' },
  } as const
  await initDb(options)
  await createMigrator(options).downgrade('base')
  await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
  // Goose's own row 0 is left: nothing has run.
  expect(await initDb(options)).toMatchObject({ outcome: 'created', applied: ids })
})

test('a ledger that belongs to another role is read only where that role may be trusted, as boot and doctor say alike', async () => {
  const { database, options, migrator } = await leftBehind('goose', 'SELECT 1')
  const role = `r_${database.name}`
  await database.query(
    `CREATE ROLE ${role}; GRANT CREATE, USAGE ON SCHEMA public TO ${role}; ALTER TABLE goose_db_version OWNER TO ${role}`,
  )
  try {
    const refused = await failure(initDb(options))
    expect(refused.code).toBe('LIMBECK_PERMISSION_DENIED')
    expect((await failure(migrator.doctor())).message).toBe(refused.message)
    const [command = ''] = /ALTER TABLE .*;/.exec(String(refused.details.hint)) ?? []
    await database.query(command)
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [] })
  } finally {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  }
})
