import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import type { Library } from '../bench/contender.ts'
import floor from '../bench/contenders/floor-1tx.ts'
import limbeck from '../bench/contenders/limbeck.ts'
import { measureCall } from '../bench/measure-call.ts'
import { makeMigrations, smallTable } from '../bench/migrations.ts'
import { replicasPicture, typicalStart } from '../bench/picture.ts'
import { startProxy } from '../bench/proxy.ts'
import { medianRatio, summarize } from '../bench/statistics.ts'
import { createDatabase } from './support/postgres.ts'

async function proxyTo(url: string) {
  // Long enough that a burst is over before its first answer, however busy the machine is.
  const proxy = await startProxy(url, 200)
  onTestFinished(() => proxy.stop())
  return proxy
}

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-bench-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('the proxy counts what waits for an answer, and neither connecting nor what is sent together', async () => {
  const { url } = await createDatabase()
  const proxy = await proxyTo(url)
  const sql = postgres(proxy.through(url), { max: 1, fetch_types: false })
  onTestFinished(() => sql.end())

  await sql`SELECT 1`.simple()
  expect(proxy.takeRoundTrips()).toBe(1)

  await sql`SELECT 1`.simple()
  await sql`SELECT 2`.simple()
  expect(proxy.takeRoundTrips()).toBe(2)

  await Promise.all([sql.unsafe('SELECT 1'), sql.unsafe('SELECT 2'), sql.unsafe('SELECT 3')])
  expect(proxy.takeRoundTrips()).toBe(1)
  expect(proxy.takeRoundTrips()).toBe(0)
})

test.for<[string, Library]>([
  ['Limbeck', limbeck],
  ['the floor', floor],
])('%s applies three migrations and boots at head with one round trip', async ([, contender]) => {
  const database = await createDatabase()
  const proxy = await proxyTo(database.url)
  const folder = await tempFolder()
  await contender.prepare(folder, makeMigrations(3, smallTable))

  await contender.migrate(database.url, folder)
  const tables = await database.query(
    "SELECT relname FROM pg_class WHERE relname ~ '^t_[0-9]$' ORDER BY 1",
  )
  expect(tables).toEqual([{ relname: 't_1' }, { relname: 't_2' }, { relname: 't_3' }])

  await contender.migrate(proxy.through(database.url), folder)
  expect(proxy.takeRoundTrips()).toBe(1)
})

test('a call is measured without the time that connecting took', async () => {
  const { url } = await createDatabase()
  const folder = await tempFolder()
  await floor.prepare(folder, makeMigrations(3, smallTable))
  const start = performance.now()
  const { ms, peakMb } = await measureCall(floor, url, folder)
  expect(ms).toBeGreaterThan(0)
  expect(ms).toBeLessThan(performance.now() - start)
  expect(peakMb).toBeGreaterThan(1)
})

test('a ratio is taken round by round, so that a slow round of both does not count', () => {
  expect(medianRatio([2, 20, 6], [1, 10, 2])).toBe(2)
  expect(summarize([1, 2, 3, 4, 5])).toEqual({ median: 3, spread: 1 })
})

test('the picture of the README is drawn from the start in the middle of those in the table', async () => {
  const page = await readFile('docs/performance.md', 'utf8')
  const startsOf = (name: string) => {
    const [, applied = '', succeeded = ''] =
      new RegExp(`### S10[\\s\\S]+?\\| ${name} \\| ([\\d, ]+) \\| ([\\d, ]+) \\|`).exec(page) ?? []
    const successes = succeeded.split(', ').map(Number)
    return applied
      .split(', ')
      .map((count, at) => ({ applied: Number(count), succeeded: successes[at] ?? 0 }))
  }
  const [drizzle, limbeck] = ['drizzle', 'limbeck'].map((name) => typicalStart(startsOf(name)))
  if (!drizzle || !limbeck) throw new Error('S10 is not in the table')
  expect(await readFile('docs/public/replicas.svg', 'utf8')).toBe(
    replicasPicture(20, drizzle, limbeck),
  )
  const told = /applied it (\d+) to (\d+) times/.exec(await readFile('README.md', 'utf8'))
  const counts = startsOf('drizzle').map(({ applied }) => applied)
  expect(told?.slice(1).map(Number)).toEqual([Math.min(...counts), Math.max(...counts)])
})
