import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { books, ids, ledger, one, orders } from './adopt-folder.ts'
import { foldersOf, journalFolder, library, type Migration } from './history.ts'
import { migrateByDrizzle, migrateByDrizzle1 } from './migrate-by-drizzle.ts'

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
