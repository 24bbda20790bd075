import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import {
  foldersOf,
  journalFolder,
  library,
  type Migration,
  migrateByDrizzle,
  migrateByDrizzle1,
} from './history.ts'

const ids = async (folder: string) => [...(await loadRevisions([folder])).scripts.keys()]

const ledger = (database: TestDatabase) =>
  database.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')

const books = (database: TestDatabase) => database.query('SELECT * FROM books')

const layouts = [
  ['0.x', journalFolder, migrateByDrizzle],
  ['1.0', foldersOf, migrateByDrizzle1],
] as const

describe.each(layouts)('a database that drizzle %s has migrated', (_, folderOf, migrate) => {
  test.each([1, 2, 3, 4])('to migration %i is adopted there, and upgraded', async (count) => {
    const database = await createDatabase()
    await migrate(database.url, folderOf(library.slice(0, count)))
    const migrations = folderOf(library)
    const all = await ids(migrations)
    const report = await initDb({ url: database.url, migrations, ledger: 'drizzle' })
    expect(report).toMatchObject({
      outcome: 'adopted',
      from: [],
      to: [all[3]],
      applied: all.slice(count),
    })
    // The old build boots on it, and finds nothing to do.
    const before = await ledger(database)
    expect(before).toHaveLength(4)
    await migrate(database.url, migrations)
    expect(await ledger(database)).toEqual(before)
    expect(await books(database)).toEqual([{ id: 2, title: 'x' }])
    expect(await initDb({ url: database.url, migrations, ledger: 'drizzle' })).toMatchObject({
      outcome: 'current',
    })
  })

  test('not yet is created, and drizzle finds nothing to do', async () => {
    const database = await createDatabase()
    const migrations = folderOf(library)
    const report = await initDb({ url: database.url, migrations, ledger: 'drizzle' })
    expect(report.outcome).toBe('created')
    const before = await ledger(database)
    await migrate(database.url, migrations)
    expect(await ledger(database)).toEqual(before)
    expect(before).toHaveLength(4)
  })

  test('and goes on migrating is followed', async () => {
    const database = await createDatabase()
    const migrations = folderOf(library.slice(0, 2))
    await initDb({ url: database.url, migrations, ledger: 'drizzle' })
    folderOf(library, migrations)
    await migrate(database.url, migrations)
    const report = await initDb({ url: database.url, migrations, ledger: 'drizzle' })
    expect(report).toMatchObject({ outcome: 'adopted', applied: [] })
    expect(await books(database)).toEqual([{ id: 2, title: 'x' }])
  })

  test('without the option ledger is adopted, and its ledger left alone', async () => {
    const database = await createDatabase()
    await migrate(database.url, folderOf(library.slice(0, 2)))
    const report = await initDb({ url: database.url, migrations: folderOf(library) })
    expect(report.outcome).toBe('adopted')
    expect(await ledger(database)).toHaveLength(2)
  })
})

test('the ledger of 0.x is understood after drizzle-kit has turned the folder into that of 1.0', async () => {
  const database = await createDatabase()
  await migrateByDrizzle(database.url, journalFolder(library))
  const report = await initDb({
    url: database.url,
    migrations: foldersOf(library),
    ledger: 'drizzle',
  })
  expect(report).toMatchObject({ outcome: 'adopted', applied: [] })
})

test('a ledger in another table is found by the option', async () => {
  const database = await createDatabase()
  const location = { migrationsSchema: 'public', migrationsTable: 'done' }
  await migrateByDrizzle(database.url, journalFolder(library.slice(0, 2)), location)
  const migrations = journalFolder(library)
  const ledgerOption = { tool: 'drizzle', schema: 'public', table: 'done' } as const
  const report = await initDb({ url: database.url, migrations, ledger: ledgerOption })
  expect(report).toMatchObject({ outcome: 'adopted', applied: { length: 2 } })
  expect(await database.query('TABLE done')).toHaveLength(4)
})

test('an upgrade on the command line and a fleet adopt as a boot does', async () => {
  const migrations = journalFolder(library)
  const database = await createDatabase()
  await migrateByDrizzle(database.url, journalFolder(library.slice(0, 2)))
  const migrator = createMigrator({ url: database.url, migrations, ledger: 'drizzle' })
  expect((await migrator.upgrade('heads', { plan: true })).applied).toHaveLength(2)
  const { applied, stamped } = await migrator.upgrade()
  expect(applied).toHaveLength(2)
  expect(stamped).toHaveLength(2)
  expect(await ledger(database)).toHaveLength(4)
  const other = await createDatabase()
  await migrateByDrizzle(other.url, journalFolder(library))
  const fleet = await createMigrator({ url: other.url, migrations }).fleet('heads', {
    urls: [other.url],
  })
  expect(fleet.members).toMatchObject([{ outcome: 'adopted', applied: [] }])
})

test("revisions of Limbeck's own go on behind the history, and back again", async () => {
  const database = await createDatabase()
  const migrations = journalFolder(library)
  await migrateByDrizzle(database.url, migrations)
  const own = journalFolder([]).replace(/drizzle$/, 'own')
  const last = (await ids(migrations)).at(-1)
  const { mkdirSync } = await import('node:fs')
  mkdirSync(own)
  writeFileSync(
    join(own, 'aaaa_x.sql'),
    `-- x\n--\n-- revision: aaaa\n-- revises: ${last}\n\n-- +upgrade\nCREATE TABLE own (id int);\n\n-- +downgrade\nDROP TABLE own;\n`,
  )
  const options = { url: database.url, migrations: [migrations, own], ledger: 'drizzle' } as const
  expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: ['aaaa'] })
  expect(await ledger(database)).toHaveLength(4)
  expect((await createMigrator(options).downgrade('-1')).to).toEqual([last])
  expect((await failure(createMigrator(options).downgrade('-1'))).code).toBe('LIMBECK_IRREVERSIBLE')
})

describe('what the ledger does not prove is refused, and nothing is changed', () => {
  const refused = async (done: readonly Migration[], now: readonly Migration[], by = '') => {
    const database = await createDatabase()
    await migrateByDrizzle(database.url, journalFolder(done))
    if (by !== '') await database.query(by)
    const migrations = journalFolder(now)
    const error = await failure(initDb({ url: database.url, migrations, ledger: 'drizzle' }))
    expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
    expect(error.details.hint).toContain('npx limbeck doctor')
    const tables = await database.query(`SELECT to_regclass('limbeck_version') AS t`)
    expect(tables).toEqual([{ t: null }])
    const doctor = await createMigrator({ url: database.url, migrations }).doctor()
    return [error.message, ...doctor.problems.map(({ status, name }) => `${status}: ${name}`)]
  }
  const [books1, seed, twice, title] = library as unknown as readonly [
    Migration,
    Migration,
    Migration,
    Migration,
  ]

  test('a migration that drizzle skipped is refused, since the one before it has a time in the future', async () => {
    const future: Migration = [seed[0], title[1] + 1, seed[2]]
    const said = await refused([books1, future], [books1, future, twice])
    expect(said[0]).toContain('skipped: 0002_function')
    expect(said.slice(1)).toEqual(['skipped: 0002_function'])
  })

  test('a migration that a merge put before one that has run is refused', async () => {
    expect((await refused([books1, twice, title], library)).slice(1)).toEqual([
      'skipped: 0001_seed',
    ])
  })

  test('a file that was edited is refused', async () => {
    const edited: Migration = [seed[0], seed[1], 'INSERT INTO books VALUES (5);']
    expect((await refused(library, [books1, edited, twice, title])).slice(1)).toEqual([
      'edited: 0001_seed',
    ])
  })

  test('a row without a file is refused', async () => {
    const [, status] = await refused(library, [books1, seed, twice])
    expect(status).toMatch(/^no file: [0-9a-f]{12}$/)
  })

  test('rows in a database without a table are refused', async () => {
    const [message] = await refused(
      [],
      library,
      `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', ${library[0]![1]})`,
    ).catch((error: Error) => [error.message])
    expect(message).toMatch(/it has no table|doctor/)
  })
})

const one = 'CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql RETURN 1;'
const orders: Migration = ['0001_orders', 2_000, 'CREATE TABLE shop.orders (id int PRIMARY KEY);']

test('a history that begins without a table is adopted there', async () => {
  const database = await createDatabase()
  const start: Migration = [
    '0000_start',
    1_000,
    `CREATE SCHEMA shop;\n--> statement-breakpoint\n${one}`,
  ]
  await migrateByDrizzle(database.url, journalFolder([start]))
  const migrations = journalFolder([start, orders])
  expect(await initDb({ url: database.url, migrations, ledger: 'drizzle' })).toMatchObject({
    outcome: 'adopted',
    applied: { length: 1 },
  })
})

test('tables that stand in the schema of the ledger alone are tables', async () => {
  const database = await createDatabase()
  await database.query('CREATE SCHEMA shop')
  const start: Migration = ['0000_start', 1_000, one]
  const ran = journalFolder([start, orders])
  await migrateByDrizzle(database.url, ran, { migrationsSchema: 'shop', migrationsTable: 'done' })
  const ledger = { tool: 'drizzle', schema: 'shop', table: 'done' } as const
  const note: Migration = ['0002_note', 3_000, 'ALTER TABLE shop.orders ADD COLUMN note text;']
  const migrations = journalFolder([start, orders, note])
  expect(await initDb({ url: database.url, migrations, ledger })).toMatchObject({
    outcome: 'adopted',
    applied: { length: 1 },
  })
})

describe('a migration that a merge puts before one that was adopted or run', () => {
  const [books1, seed, twice, title] = library as unknown as readonly [
    Migration,
    Migration,
    Migration,
    Migration,
  ]

  test.each([
    ['at head', [books1, twice, title], [books1, twice, title], [books1, seed, twice, title]],
    ['behind', [books1, twice], [books1, twice], [books1, seed, twice, title]],
    ['by Limbeck', [books1], [books1, twice, title], [books1, seed, twice, title]],
  ] as const)('is refused: %s', async (_, done, first, then) => {
    for (const ledgerOption of [{ ledger: 'drizzle' }, {}] as const) {
      const database = await createDatabase()
      const migrations = journalFolder(done)
      await migrateByDrizzle(database.url, migrations)
      const options = { url: database.url, migrations, ...ledgerOption }
      await initDb({ ...options, migrations: journalFolder(first, migrations) })
      journalFolder(then, migrations)
      const { rows } = await createMigrator(options).current()
      for (const run of [() => initDb(options), () => createMigrator(options).upgrade()]) {
        const error = await failure(run())
        expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
        expect(error.message).toContain('0001_seed')
        expect(error.details.hint).toContain(`npx limbeck stamp ${rows.join(' ')}`)
        expect(error.details.revisions).toEqual([(await ids(migrations))[1]])
      }
      expect(await books(database)).toEqual([])
      // Somebody says that the database has it.
      await createMigrator(options).stamp(rows)
      expect((await initDb(options)).outcome).toMatch(/^(?:current|upgraded)$/)
    }
  })

  test('is no question where drizzle 1.0 has run it', async () => {
    const database = await createDatabase()
    const migrations = foldersOf([books1, twice, title])
    await migrateByDrizzle1(database.url, migrations)
    const options = { url: database.url, migrations }
    await initDb(options)
    await migrateByDrizzle1(database.url, foldersOf(library, migrations))
    expect(await books(database)).toHaveLength(1)
    expect((await initDb(options)).outcome).toBe('current')
  })
})

test('tables beside an empty ledger are a legacy database', async () => {
  const database = await createDatabase()
  await migrateByDrizzle(database.url, journalFolder([]))
  await database.query('CREATE TABLE books (id int)')
  const error = await failure(initDb({ url: database.url, migrations: journalFolder(library) }))
  expect(error.code).toBe('LIMBECK_LEGACY_DATABASE')
})

test.each([
  // Builds of drizzle that start at once run each other's migrations again, whatever else is there: one by one they are
  // no danger to each other, and all that could run twice is what Limbeck runs too.
  ['before the first new build has come up', false],
  // Whatever Limbeck has booted on refuses a second row: old builds cannot run anything twice among themselves either.
  ['once a new build has come up', true],
] as const)('old and new builds that start at once run nothing twice: %s', async (_, isGuarded) => {
  const database = await createDatabase()
  const counted: readonly Migration[] = [
    ...library,
    ['0004_count', library[3]![1] + 1, 'SELECT pg_sleep(0.05)'],
    ['0005_count', library[3]![1] + 2, 'UPDATE books SET id = id + 100'],
    ['0006_count', library[3]![1] + 3, 'UPDATE books SET id = id + 1000'],
  ]
  await migrateByDrizzle(database.url, journalFolder(library))
  const migrations = journalFolder(counted)
  const old = () => migrateByDrizzle(database.url, migrations).catch(() => {})
  const now = () => initDb({ url: database.url, migrations, ledger: 'drizzle' })
  const six = Array.from({ length: 6 })
  const oneByOne = async () => {
    for (const _ of six) await old()
  }
  if (isGuarded)
    await initDb({ url: database.url, migrations: journalFolder(library), ledger: 'drizzle' })
  await Promise.all([...six.map(now), ...(isGuarded ? six.map(old) : [oneByOne()])])
  expect(await books(database)).toEqual([{ id: 1102, title: 'x' }])
  expect(await ledger(database)).toHaveLength(7)
})

test('check proves the chain of a folder that is read as it is, whatever its custom SQL makes, and detect finds its location', async () => {
  const database = await createDatabase()
  const migrations = journalFolder(library)
  await migrateByDrizzle(database.url, migrations)
  const { integer, pgTable, text, index } = await import('drizzle-orm/pg-core')
  const models = {
    books: pgTable(
      'books',
      { id: integer().primaryKey(), title: text().default('x').notNull() },
      ({ id }) => [index('i').on(id)],
    ),
  }
  const migrator = createMigrator({ url: database.url, migrations, ledger: 'drizzle', models })
  const detected = await migrator.stamp([], { detect: true, dryRun: true })
  expect(detected.to).toEqual([(await ids(migrations))[3]])
  await initDb({ url: database.url, migrations, ledger: 'drizzle' })
  expect((await migrator.check()).findings).toEqual([])
})
