import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { ids } from './adopt-folder.ts'
import { foldersOf, journalFolder, type Migration } from './history.ts'
import { migrateByDrizzle } from './migrate-by-drizzle.ts'

const books = 'CREATE TABLE "books" ("id" integer PRIMARY KEY, "note" text DEFAULT \'/* x */\');'
const found = `${books}\n--> statement-breakpoint\nCREATE INDEX "i" ON "books" ("note");\n--> statement-breakpoint\n`

/** As drizzle-kit writes it, who comments out what it has found in a database. */
const pulled: Migration = [
  '0000_pulled',
  1_767_225_600_000,
  `-- Current sql file was generated after introspecting the database
-- If you want to run this migration please uncomment this code before executing migrations
/*
${found}*/
`,
]
const title: Migration = [
  '0001_title',
  1_767_312_000_000,
  'ALTER TABLE "books" ADD COLUMN "title" text;',
]

test.each([
  ['a journal', journalFolder],
  ['folders', foldersOf],
] as const)(
  'what `drizzle-kit pull` has commented out is built where it is not there: %s',
  async (_, write) => {
    const { url, query } = await createDatabase()
    const migrations = write([pulled, title])
    const options = { url, migrations, ledger: 'drizzle' } as const
    expect((await initDb(options)).outcome).toBe('created')
    expect(await query('SELECT * FROM books')).toEqual([])
    expect(await query("SELECT FROM pg_indexes WHERE indexname = 'i'")).toHaveLength(1)
    const { findings } = await createMigrator(options).check()
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    if (write === journalFolder) await migrateByDrizzle(url, migrations)
    expect(await query('SELECT FROM drizzle.__drizzle_migrations')).toHaveLength(2)
  },
)

test('a database that it was pulled from is told so, and goes on from there', async () => {
  const { url, query } = await createDatabase()
  await query(found.replaceAll('--> statement-breakpoint', ''))
  const migrations = journalFolder([pulled, title])
  const options = { url, migrations, ledger: 'drizzle' } as const
  const refused = await failure(initDb(options))
  const [first = ''] = await ids(migrations)
  expect(refused).toMatchObject({ code: 'LIMBECK_LEGACY_DATABASE' })
  expect(refused.details.hint).toContain(`npx limbeck stamp ${first}`)
  const { outcome, stamped, applied } = await initDb({ ...options, legacy: 'detect' })
  expect([outcome, stamped, applied.length]).toEqual(['adopted', [first], 1])
  await migrateByDrizzle(url, migrations)
  expect(await query('SELECT title FROM books')).toEqual([])
})

test('where it stands in another schema than the one that is looked at, the failure says what to type', async () => {
  const { url, query } = await createDatabase()
  await query('CREATE SCHEMA shop; CREATE TABLE shop.books (id int)')
  const [tag, when, sql] = pulled
  const inShop = sql.replace(found, 'CREATE SCHEMA "shop";\n')
  const migrations = journalFolder([[tag, when, inShop]])
  const { code, details } = await failure(initDb({ url, migrations, ledger: 'drizzle' }))
  const [first = ''] = await ids(migrations)
  expect({ code, state: details.sqlstate, line: details.line }).toEqual({
    code: 'LIMBECK_STEP_FAILED',
    state: '42P06',
    line: 4,
  })
  expect(details.hint).toContain(`npx limbeck stamp ${first}`)
})
