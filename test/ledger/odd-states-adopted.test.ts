import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { folderOf } from './foreign.ts'
import { last, leftBehind, type Project } from './left-behind.ts'

/** Flyway's row of a version, of another kind. */
const flywayRow = (rank: number, version: string | null, type: string, success = true) =>
  `INSERT INTO flyway_schema_history VALUES (${rank}, ${version === null ? 'NULL' : `'${version}'`}, 'x', '${type}', 'x', NULL, 'x', now(), 0, ${success})`

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
