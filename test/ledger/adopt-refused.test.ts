import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { books, ids, ledger } from './adopt-folder.ts'
import { foldersOf, journalFolder, library, type Migration } from './history.ts'
import { migrateByDrizzle, migrateByDrizzle1 } from './migrate-by-drizzle.ts'

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
