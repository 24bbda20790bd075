import { sql } from 'drizzle-orm'
import { check, index, integer, pgEnum, pgTable, pgView, text } from 'drizzle-orm/pg-core'
import { initDb } from 'limbeck'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { createMigrator, type Migrator } from '../../src/migrator.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { newDatabase } from '../support/database.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { carefully, countTraps, hostileDatabase, preyOf } from './hostile.ts'

let hostile: Awaited<ReturnType<typeof hostileDatabase>>
beforeAll(async () => {
  hostile = await hostileDatabase()
})
afterAll(async () => await hostile.drop())

/** Methods of the migrator that a test here has called. */
const called = new Set<string>()
function spy(migrator: Migrator): Migrator {
  return new Proxy(migrator, {
    get: (target, name) => {
      called.add(String(name))
      return Reflect.get(target, name)
    },
  })
}

/** A clone with the traps; what is done to it must leave the attacker what it was. */
async function trapped(path = '"$user", public'): Promise<TestDatabase> {
  const database = await newDatabase(inject('serverUrl'), hostile.database.name)
  onTestFinished(database.drop)
  await carefully(database, `ALTER DATABASE "${database.name}" SET search_path = ${path}`)
  return database
}

const mood = pgEnum('mood', ['good', 'bad'])
const things = pgTable(
  'things',
  { id: integer('id').primaryKey(), name: text('name').default('x'), mood: mood('mood') },
  (table) => [index('things_name').on(table.name), check('named', sql`${table.name} <> ''`)],
)
const models = { mood, things, shown: pgView('shown').as((query) => query.select().from(things)) }

async function project(database: TestDatabase) {
  const folder = await revisionFolder()
  const options = { url: database.url, migrations: folder.path, schema: 'app', models }
  return { folder, options, migrator: spy(createMigrator(options)) }
}

async function chain(database: TestDatabase) {
  const made = await project(database)
  await made.folder.sql('aaa1', {
    up: 'CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY)',
    down: 'DROP TABLE app.things',
  })
  await made.folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none'],
    up: 'CREATE INDEX CONCURRENTLY things_id ON app.things (id)',
    down: 'DROP INDEX CONCURRENTLY app.things_id',
  })
  return made
}

test('there are traps of all kinds', async () => {
  const made = await countTraps(hostile.database)
  expect(Object.keys(made ?? {})).toHaveLength(6)
  for (const [kind, count] of Object.entries(made ?? {}))
    expect(`${kind}: ${count}`).toMatch(kind === 'casts' ? /: [1-9]\d/ : /: [1-9]\d+/)
  const climbs = await trapped()
  await carefully(climbs, 'SELECT public.climbs()')
  expect(await preyOf(climbs)).toEqual(['SELECT public.climbs()'])
  await carefully(climbs, `ALTER ROLE "${hostile.attacker}" NOSUPERUSER`)
})

test.each(['"$user", public', 'public, pg_catalog'])(
  'with search_path %s no mode and no step of a chain runs what others have made',
  async (path) => {
    const database = await trapped(path)
    const { options, migrator } = await chain(database)
    expect((await initDb({ ...options, fresh: 'chain' })).outcome).toBe('created')
    for (const mode of ['upgrade', 'verify', 'wait'] as const)
      expect((await initDb({ ...options, mode })).outcome).toBe('current')
    await migrator.downgrade('base')
    await migrator.upgrade('head', { plan: true })
    await migrator.upgrade('aaa1', { rehearse: true })
    await migrator.upgrade('head')
    expect(await migrator.history({ indicateCurrent: true })).toHaveLength(2)
    expect((await migrator.current()).rows).toEqual(['bbb2'])
    expect(await migrator.status()).toEqual({ rows: ['bbb2'], heads: ['bbb2'] })
    for (const read of [
      migrator.heads(),
      migrator.graph(),
      migrator.branches(),
      migrator.show('current'),
      migrator.lint(),
    ])
      await read
    await migrator.stamp('aaa1')
    await migrator.ensureVersion()
    await migrator.close()
    expect(await preyOf(database)).toEqual([])
  },
  120_000,
)

test('autogenerate, check and diff compare as on a database of one’s own', async () => {
  const found = []
  for (const database of [await trapped(), await createDatabase()]) {
    await carefully(database, 'CREATE SCHEMA IF NOT EXISTS app')
    const { migrator } = await chain(database)
    await migrator.upgrade('head')
    const { changes } = await migrator.diff()
    const { findings } = await migrator.check()
    const { revisions } = await migrator.autogenerate({ message: 'models', allowDataLoss: true })
    await migrator.upgrade('heads')
    found.push({
      changes,
      findings: findings.map(({ code }) => code),
      written: revisions.length,
      after: (await migrator.diff()).changes,
    })
    if (found.length < 2) expect(await preyOf(database)).toEqual([])
  }
  expect(found[0]?.changes.length).toBeGreaterThan(1)
  expect(found[0]?.after).toEqual([])
  expect(found[0]).toEqual(found[1])
  // Where public comes first the models' own words mean something else: an answer or an error, and nothing is run.
  const first = await trapped('public, pg_catalog')
  const { migrator } = await chain(first)
  await migrator.upgrade('head')
  for (const work of [
    () => migrator.diff(),
    () => migrator.check(),
    () => migrator.autogenerate({ message: 'models', allowDataLoss: true }),
  ])
    await work().catch((error) => expect(error.code).toMatch(/^LIMBECK_/))
  expect(await preyOf(first)).toEqual([])
})

test('create-all, a detected stamp, the live schema as a revision and a merge', async () => {
  const database = await trapped()
  const { options, migrator } = await chain(database)
  await migrator.createAll()
  const empty = await revisionFolder()
  const live = spy(createMigrator({ ...options, migrations: empty.path }))
  expect((await live.fromDatabase({ message: 'live' })).notTried).toBeNull()
  await migrator.revision({ message: 'more', head: 'aaa1', splice: true })
  await migrator.merge('heads', { message: 'merged' })
  expect(await preyOf(database)).toEqual([])
  const legacy = await trapped()
  const chained = await chain(legacy)
  await carefully(
    legacy,
    'CREATE SCHEMA app; CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY)',
  )
  // What others have put into public is a difference; it is named, and not run.
  expect((await failure(chained.migrator.stamp([], { detect: true }))).message).toContain('aaa1')
  await chained.migrator.stamp('aaa1')
  expect(
    (await initDb({ ...options, migrations: chained.folder.path, url: legacy.url })).outcome,
  ).toBe('upgraded')
  expect(await preyOf(database)).toEqual([])
})

test('another tool’s ledger is weighed and taken over, and a fleet migrated', async () => {
  const database = await trapped()
  const migrations = tempFolder({
    '20260101000000_one/migration.sql': 'CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY);',
  })
  await carefully(
    database,
    `CREATE SCHEMA app; CREATE SCHEMA drizzle; CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY);
    CREATE TABLE drizzle.__drizzle_migrations (id pg_catalog.int4 PRIMARY KEY GENERATED ALWAYS AS IDENTITY, hash text NOT NULL, created_at bigint);
    INSERT INTO drizzle.__drizzle_migrations (hash, created_at) SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to('CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY);', 'UTF8')), 'hex'), 1767225600000`,
  )
  const options = { url: database.url, migrations, schema: 'app', ledger: 'drizzle' } as const
  const migrator = spy(createMigrator(options))
  expect((await migrator.doctor()).problems).toEqual([])
  expect((await initDb(options)).outcome).toBe('adopted')
  expect(await preyOf(database)).toEqual([])
  // The ledger is made, and written by a step: online, in a rehearsal and by psql.
  const byBoot = await trapped()
  const boot = { ...options, url: byBoot.url, fresh: 'chain' } as const
  await spy(createMigrator(boot)).upgrade('heads', { rehearse: true })
  await initDb(boot)
  expect(await preyOf(byBoot)).toEqual([])
  const byPsql = await trapped()
  const { sql: script } = await migrator.upgrade('base:heads', { sql: true })
  expect(await psql(byPsql, script ?? '')).toEqual({ code: 0, stderr: '' })
  expect(await preyOf(byPsql)).toEqual([])
  await carefully(database, 'CREATE SCHEMA one; CREATE SCHEMA two')
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: 'CREATE TABLE things (id pg_catalog.int4)',
    down: 'DROP TABLE things',
  })
  const fleet = spy(createMigrator({ url: database.url, migrations: folder.path }))
  const { members } = await fleet.fleet('heads', { schemas: ['one', 'two'], create: true })
  expect(members.map(({ outcome, error }) => error ?? outcome)).toEqual(['created', 'created'])
  expect(await preyOf(database)).toEqual([])
})

test('a script for psql, and what a newer build has left behind, run nothing of others either', async () => {
  const database = await trapped('public, pg_catalog')
  const { folder, options, migrator } = await chain(database)
  const scripts = [
    (await migrator.ensureVersion({ sql: true })).sql,
    (await migrator.upgrade('base:head', { sql: true })).sql,
    (await migrator.downgrade('bbb2:aaa1', { sql: true })).sql,
    (await migrator.stamp('bbb2', { sql: true })).sql,
  ]
  for (const script of scripts.slice(0, 3))
    expect(await psql(database, script ?? '')).toEqual({ code: 0, stderr: '' })
  await migrator.upgrade('head')
  const older = await revisionFolder()
  await older.sql('aaa1', {
    up: 'CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY)',
    down: 'DROP TABLE app.things',
  })
  const old = spy(createMigrator({ ...options, migrations: older.path }))
  expect((await old.downgrade('aaa1', { fromHistory: true })).to).toEqual(['aaa1'])
  expect(folder.path).not.toBe(older.path)
  expect(await preyOf(database)).toEqual([])
})

test('a script for psql refuses tables that somebody else has made by the names of Limbeck’s', async () => {
  const database = await trapped()
  const { options } = await chain(database)
  await carefully(
    database,
    `SET ROLE "${hostile.attacker}"; CREATE VIEW public.limbeck_version AS SELECT public.climbs()::pg_catalog.varchar AS version_num`,
  )
  const migrator = createMigrator({ ...options, schema: 'public' })
  const { sql: script } = await migrator.upgrade('base:head', { sql: true })
  const { code, stderr } = await psql(database, script ?? '')
  expect(code).not.toBe(0)
  expect(stderr).toContain('not a table of a trusted owner')
  expect(await preyOf(database)).toEqual([])
})

test('every command of the migrator is among those above', () => {
  const all = Object.keys(createMigrator({ url: 'postgres://h/d' }))
  expect(all.filter((name) => !called.has(name))).toEqual([])
})
