import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import {
  type CatalogObjects,
  compareCatalogs,
  readCatalogObjects,
} from '../../src/scratch/catalog-objects.ts'
import { withSession } from '../../src/session/session.ts'
import { migrateByDrizzle } from '../ledger/migrate-by-drizzle.ts'
import { newDatabase, type TestDatabase } from '../support/database.ts'
import type { Corpus } from './corpora.ts'
import { importCorpusModels } from './models.ts'

/** What became of a database that the project's own migrate() had brought to one point of its history. */
export interface Switched {
  readonly ran: number
  readonly outcome: string
  readonly applied: number
  readonly ms: number
  /** What is not as it should be. */
  readonly faults: readonly string[]
}

/**
 * The switch of a project from drizzle's migrate() to initDb(), on databases at the first, a middle and the last migration and
 * on an empty one: adopted where they are, brought to the end, and nothing left to do for the old build.
 */
export async function trySwitch(
  serverUrl: string,
  corpus: Corpus,
  folder: string,
): Promise<readonly Switched[]> {
  const migrations = path.join(folder, corpus.migrations)
  const { entries } = await readJournal(migrations)
  const total = entries.length
  const done = await newDatabase(serverUrl)
  await migrateByDrizzle(done.url, migrations)
  const wanted = await objectsOf(done.url, migrations)
  await done.drop()
  const switched: Switched[] = []
  for (const ran of new Set([0, 1, Math.floor(total / 2), total])) {
    const database = await newDatabase(serverUrl)
    switched.push(await switchAt(database, { migrations, ran, total, wanted }))
    await database.drop()
  }
  return switched
}

interface Journal {
  readonly entries: readonly unknown[]
}

const journalOf = (migrations: string) => path.join(migrations, 'meta', '_journal.json')

const readJournal = async (migrations: string) =>
  JSON.parse(await readFile(journalOf(migrations), 'utf8')) as Journal

async function objectsOf(url: string, migrations: string): Promise<CatalogObjects> {
  const config = resolveConfig({ url, migrations })
  const found = await withSession(config, ({ connection }) =>
    readCatalogObjects(connection, config),
  )
  return new Map([...found].filter(([name]) => !/drizzle|limbeck/.test(name)))
}

async function switchAt(
  database: TestDatabase,
  {
    migrations,
    ran,
    total,
    wanted,
  }: { migrations: string; ran: number; total: number; wanted: CatalogObjects },
): Promise<Switched> {
  const { url } = database
  if (ran > 0) await migrateUpTo(url, migrations, ran)
  const faults: string[] = []
  const expect = (what: string, found: unknown, right: unknown) => {
    if (found !== right) faults.push(`${what} is ${found}, not ${right}`)
  }
  const options = { url, migrations, ledger: 'drizzle' } as const
  const start = performance.now()
  const { outcome, applied } = await initDb(options)
  const ms = Math.round(performance.now() - start)
  expect('outcome', outcome, ran === 0 ? 'created' : 'adopted')
  expect('applied', applied.length, total - ran)
  const rows = async () =>
    JSON.stringify(
      await database.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
    )
  const before = await rows()
  expect('rows of the ledger', JSON.parse(before).length, total)
  for (const { object } of compareCatalogs(await objectsOf(url, migrations), wanted))
    faults.push(`differs from what migrate() makes: ${object}`)
  await migrateByDrizzle(url, migrations)
  expect('the ledger after the old build', await rows(), before)
  expect('outcome of the next boot', (await initDb(options)).outcome, 'current')
  const { problems } = await createMigrator(options).doctor()
  for (const { name, status } of problems) faults.push(`doctor: ${status} ${name}`)
  return { ran, outcome, applied: applied.length, ms, faults }
}

/** By a copy of the folder, as it was then. */
async function migrateUpTo(url: string, migrations: string, count: number): Promise<void> {
  const copy = await mkdtemp(path.join(tmpdir(), 'limbeck-switch-'))
  try {
    await cp(migrations, copy, { recursive: true })
    const journal = await readJournal(copy)
    await writeFile(
      journalOf(copy),
      JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }),
    )
    await migrateByDrizzle(url, copy)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** What `check` says of the models and of a database at the end of the history: kinds of findings, with how many of each. */
export async function checkSwitched(
  serverUrl: string,
  corpus: Corpus,
  folder: string,
): Promise<string> {
  const database = await newDatabase(serverUrl)
  const options = {
    url: database.url,
    migrations: path.join(folder, corpus.migrations),
    ledger: 'drizzle',
    models: () => importCorpusModels(corpus, folder),
    ...(corpus.casing ? { casing: corpus.casing } : {}),
  } as const
  try {
    await initDb({ ...options, models: undefined })
    const { findings } = await createMigrator(options).check()
    const counts = new Map<string, number>()
    for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1)
    return [...counts].map(([code, count]) => `${code} ${count}`).join(', ') || 'all agrees'
  } finally {
    await database.drop()
  }
}
