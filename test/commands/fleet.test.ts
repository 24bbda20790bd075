import { integer, pgEnum, pgTable } from 'drizzle-orm/pg-core'
import { expect, onTestFinished, test } from 'vitest'
import { quoteIdentifier } from '../../src/sql/quote.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog } from '../support/revisions.ts'
import { codesOf, historyOf, makeSchemas, outcomes, project, tenants } from './fleet-project.ts'

test('brings thirty schemas in different states to head, touches those behind only, and isolates failures', async () => {
  const given = await project()
  const { database, migrator } = given
  await makeSchemas(given, tenants(10, 'behind'))
  await makeSchemas(given, tenants(10, 'further'), 'b1')
  await makeSchemas(given, tenants(6, 'current'), 'c1')
  await makeSchemas(given, ['empty', 'legacy', 'ahead'], 'base')
  await database.query('CREATE TABLE legacy.customers (id int)')
  await migrator({ schema: 'ahead' }).upgrade()
  await database.query(`UPDATE ahead.limbeck_version SET version_num = 'd1';
    INSERT INTO ahead.limbeck_history (version_table, revision, direction, rows_before, rows_after, started_at, duration_ms)
    VALUES ('limbeck_version', 'd1', 'upgrade', '{c1}', '{d1}', now(), 0)`)
  const schemas = [
    ...tenants(10, 'behind'),
    ...tenants(10, 'further'),
    ...tenants(6, 'current'),
    'empty',
    'legacy',
    'ahead',
    'missing',
  ]
  const log = keepLog()
  const report = await migrator({ logger: log }).fleet('heads', { schemas, concurrency: 3 })

  expect(report.members.map(({ name }) => name)).toEqual(schemas)
  expect(report.totals).toEqual({
    current: 6,
    upgraded: 20,
    created: 0,
    resumed: 0,
    adopted: 0,
    waited: 0,
    behind: 0,
    failed: 4,
  })
  expect(codesOf(report)).toEqual({
    empty: 'LIMBECK_FLEET_FRESH',
    legacy: 'LIMBECK_LEGACY_DATABASE',
    ahead: 'LIMBECK_DATABASE_AHEAD',
    missing: 'LIMBECK_FLEET_FRESH',
  })
  expect(report.members[0]).toMatchObject({ from: ['a1'], to: ['c1'], applied: ['b1', 'c1'] })
  expect(report.members[10]).toMatchObject({ from: ['b1'], to: ['c1'], applied: ['c1'] })
  expect(await historyOf(database, 'behind_1')).toEqual(['a1', 'b1', 'c1'])
  expect(log.lines.filter(({ facts }) => facts.member === 'behind_1')).toHaveLength(2)
  expect(await database.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([])

  const again = await migrator().fleet('heads', { schemas })
  expect(again.totals).toMatchObject({ current: 26, failed: 4 })
})

test('a revision that fails for one leaves the others be, and a rerun goes on where it stopped', async () => {
  const given = await project()
  const { database, migrator } = given
  const schemas = tenants(5)
  await makeSchemas(given, schemas)
  await database.query('CREATE TABLE tenant_3.t_c1 (mine int)')
  const report = await migrator().fleet('heads', { schemas })
  expect(report.totals).toMatchObject({ upgraded: 4, failed: 1 })
  const [, , failed] = report.members
  expect(failed).toMatchObject({ from: ['a1'], to: ['b1'], applied: ['b1'] })
  expect(failed?.error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { sqlstate: '42P07' },
  })

  await database.query('DROP TABLE tenant_3.t_c1')
  const again = await migrator().fleet('heads', { schemas })
  expect(again.totals).toMatchObject({ upgraded: 1, current: 4, failed: 0 })
  expect(await historyOf(database, 'tenant_3')).toEqual(['a1', 'b1', 'c1'])
})

test('the plan says who is behind and by how much, and changes nothing', async () => {
  const given = await project()
  const { database, migrator } = given
  await makeSchemas(given, ['one', 'two'])
  await makeSchemas(given, ['done'], 'c1')
  const options = { schemas: ['one', 'two', 'done', 'none'], plan: true }
  const report = await migrator().fleet('heads', options)
  expect(outcomes(report)).toEqual({
    one: 'behind',
    two: 'behind',
    done: 'current',
    none: 'failed',
  })
  expect(report.members[0]).toMatchObject({ from: ['a1'], to: ['c1'], applied: ['b1', 'c1'] })
  expect(await historyOf(database, 'one')).toEqual(['a1'])

  const built = await migrator().fleet('b1', { ...options, create: true })
  expect(built.members[3]).toMatchObject({ outcome: 'behind', from: [], to: ['b1'] })
  expect(await database.query("SELECT FROM pg_namespace WHERE nspname = 'none'")).toEqual([])
})

test('builds what is empty or missing when it is told to', async () => {
  const given = await project()
  const { database, migrator } = given
  await makeSchemas(given, ['empty'], 'base')
  const schemas = ['empty', 'missing']
  const report = await migrator().fleet('heads', { schemas, create: true })
  expect(outcomes(report)).toEqual({ empty: 'created', missing: 'created' })
  for (const schema of schemas)
    expect(await historyOf(database, schema)).toEqual(['a1', 'b1', 'c1'])
})

test('builds from the models where there are any, each in its own schema', async () => {
  const { database, migrator } = await project()
  const color = pgEnum('color', ['red', 'green'])
  const parent = pgTable('parent', { id: integer().primaryKey(), color: color() })
  const child = pgTable('child', { id: integer().references(() => parent.id) })
  const schemas = ['one', 'two']
  const options = { schemas, create: true }
  const report = await migrator({ models: { color, parent, child } }).fleet('heads', options)
  expect(codesOf(report)).toEqual({})
  expect(report.totals.created).toBe(2)
  const tables = await database.query(
    "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE tablename IN ('parent', 'child') ORDER BY 1",
  )
  expect(tables.map(({ name }) => name)).toEqual([
    'one.child',
    'one.parent',
    'two.child',
    'two.parent',
  ])
})

test('revisions outside transactions and those that are code run in each schema', async () => {
  const given = await project()
  const { database, folder, migrator } = given
  await folder.sql('d1', {
    revises: 'c1',
    head: ['transaction: none'],
    up: 'CREATE INDEX CONCURRENTLY t_c1_n ON t_c1 (n);',
  })
  await folder.ts(
    'e1',
    `export const revision = 'e1'
export const downRevision = 'd1'
export async function upgrade({ sql }) {
  await sql\`INSERT INTO t_c1 SELECT unnest(\${[1, 2, 3]}::int[])\`
}
export async function downgrade() {}
`,
  )
  const schemas = tenants(6)
  await makeSchemas(given, schemas)
  const report = await migrator().fleet('heads', { schemas })
  expect(codesOf(report)).toEqual({})
  expect(report.totals.upgraded).toBe(6)
  const indexes = "SELECT FROM pg_indexes WHERE indexname = 't_c1_n' AND schemaname ~ '^tenant_'"
  expect(await database.query(indexes)).toHaveLength(6)
  for (const schema of schemas)
    expect(await database.query(`SELECT FROM ${schema}.t_c1`)).toHaveLength(3)
})

test('the configured role is the one that migrates every schema', async () => {
  const { database, migrator } = await project()
  const role = `owner_of_${database.name}`
  await database.query(`CREATE ROLE ${role}; GRANT CREATE ON DATABASE ${database.name} TO ${role}`)
  onTestFinished(async () => {
    await database.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
  })
  const options = { schemas: tenants(3), concurrency: 1, create: true }
  const report = await migrator({ role }).fleet('heads', options)
  expect(report.totals.created).toBe(3)
  const owned = `SELECT FROM pg_tables WHERE tablename = 't_c1' AND tableowner = '${role}'`
  expect(await database.query(owned)).toHaveLength(3)
})

test('names may be anything that PostgreSQL takes', async () => {
  const given = await project()
  const { database, migrator } = given
  const schemas = ['Upper', 'with "quotes"', "o'clock", 'größe 😀', 'back\\slash', 'a,b', 'select']
  await makeSchemas(given, schemas)
  const query =
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
  const report = await migrator().fleet('heads', { schemas: query })
  expect(report.members.map(({ name }) => name).toSorted()).toEqual(schemas.toSorted())
  expect(report.totals.upgraded).toBe(schemas.length)
  for (const schema of schemas)
    expect(await historyOf(database, schema)).toEqual(['a1', 'b1', 'c1'])
})

test('what a revision leaves in its session is not the next schema’s', async () => {
  const given = await project()
  const { folder, migrator } = given
  await folder.sql('d1', {
    revises: 'c1',
    up: `CREATE TEMPORARY TABLE left_behind (n int);
SET search_path = pg_catalog;
SET standard_conforming_strings = off;`,
  })
  await folder.sql('e1', { revises: 'd1', up: 'CREATE TABLE t_e1 (n int);' })
  const schemas = tenants(3)
  await makeSchemas(given, schemas)
  const report = await migrator().fleet('heads', { schemas, concurrency: 1 })
  expect(codesOf(report)).toEqual({})
  expect(report.totals.upgraded).toBe(3)
})

test('databases, by name or by URL, are migrated as schemas are', async () => {
  const given = await project()
  const { migrator, database } = given
  const hostile = `Große "base" ${database.name.slice(-6)} 100%`
  await database.query(`CREATE DATABASE ${quoteIdentifier(hostile)} TEMPLATE template0`)
  const [one, two] = await Promise.all([createDatabase(), createDatabase()])
  for (const { url } of [one, two]) await migrator({ url }).upgrade('a1')
  const databases = [one.name, hostile, 'limbeck_nowhere']
  const report = await migrator().fleet('heads', { databases, create: true })
  expect(outcomes(report)).toEqual({
    [one.name]: 'upgraded',
    [hostile]: 'created',
    limbeck_nowhere: 'failed',
  })
  expect(codesOf(report)).toEqual({ limbeck_nowhere: 'LIMBECK_DATABASE_MISSING' })

  await two.query('CREATE TABLE t_c1 (mine int)')
  const failing = await migrator().fleet('heads', { databases: [two.name] })
  expect(failing.members[0]).toMatchObject({ outcome: 'failed', from: ['a1'], to: ['b1'] })
  await two.query('DROP TABLE t_c1')

  const byUrl = await migrator().fleet('heads', { urls: async () => [one.url, two.url] })
  expect(byUrl.members.map(({ outcome }) => outcome)).toEqual(['current', 'upgraded'])
  expect(byUrl.members[1]?.name).toContain(two.name)
  expect(JSON.stringify(byUrl)).not.toContain(new URL(two.url).password || '://')
  await database.query(`DROP DATABASE ${quoteIdentifier(hostile)}`)
})
