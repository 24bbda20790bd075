import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { journalFolder, library, type Migration } from './history.ts'
import { migrateByDrizzle } from './migrate-by-drizzle.ts'

const script = path.resolve(import.meta.dirname, 'replica.mjs')

const last = library.at(-1)![1]
const counted: readonly Migration[] = [
  ...library,
  ['0004_count', last + 1, 'UPDATE books SET id = id + 100; SELECT pg_sleep(0.05)'],
  ['0005_count', last + 2, 'UPDATE books SET id = id + 1000'],
  ['0006_count', last + 3, 'ALTER TABLE books ADD COLUMN n integer DEFAULT 0 NOT NULL'],
]

/** A process that waits at its start until it is told to go. */
async function replica(build: string, url: string, folder: string) {
  const child = spawn(process.execPath, [script, build, url, folder])
  const said: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text))
  await once(child.stdout, 'data')
  return { build, child, said }
}

const ended = async (child: ChildProcess): Promise<number> => {
  if (child.exitCode !== null) return child.exitCode
  const [code] = await once(child, 'exit')
  return code as number
}

test.each([
  ['twenty replicas, half of them old, after a new build has come up once', 10, true],
  ['nineteen new replicas and an old one, where no new build has ever been', 1, false],
] as const)('%s: nothing runs twice', async (_, oldBuilds, isGuarded) => {
  const database = await createDatabase()
  await migrateByDrizzle(database.url, journalFolder(library))
  if (isGuarded)
    await initDb({ url: database.url, migrations: journalFolder(library), ledger: 'drizzle' })
  const folder = journalFolder(counted)
  const builds = Array.from({ length: 20 }, (_, at) => (at < oldBuilds ? 'old' : 'new'))
  const replicas = await Promise.all(builds.map((build) => replica(build, database.url, folder)))
  for (const { child } of replicas) child.stdin?.write('go\n')
  const codes = await Promise.all(replicas.map(({ child }) => ended(child)))
  const failed = replicas.filter((_, at) => codes[at] !== 0)
  // An old build that lost a race has rolled back, as it always did; a new one comes up.
  expect(failed.filter(({ build }) => build === 'new').map(({ said }) => said.join(''))).toEqual([])
  expect(await database.query('SELECT id, title, n FROM books')).toEqual([
    { id: 1102, title: 'x', n: 0 },
  ])
  const ledger = await database.query<{ hash: string }>(
    'SELECT hash FROM drizzle.__drizzle_migrations',
  )
  expect(new Set(ledger.map(({ hash }) => hash)).size).toBe(ledger.length)
  expect(ledger).toHaveLength(counted.length)
  await migrateByDrizzle(database.url, folder)
  expect(await database.query('SELECT FROM drizzle.__drizzle_migrations')).toHaveLength(
    counted.length,
  )
})
