import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { loadContender, type Migration } from './contender.ts'
import type { CountingProxy } from './proxy.ts'
import { runOnce, type Sample } from './run-child.ts'
import type { BenchDatabase, BenchServer } from './server.ts'

/** What a scenario is given. */
export interface Bench {
  readonly server: BenchServer
  /** Names of the contenders that are installed and asked for. */
  readonly contenders: readonly string[]
  readonly full: boolean
  /** A folder for migration files, removed at the end. */
  readonly scratch: string
  /** Where the picture of the README is written to. */
  readonly picture?: string
  say(line: string): void
}

/** What a scenario found out. */
export interface Section {
  readonly title: string
  /** Markdown. */
  readonly body: string
  readonly goals: readonly Goal[]
}

/** A figure of Limbeck's and the most it may be. */
export interface Goal {
  readonly what: string
  readonly value: number
  readonly limit: number
}

/** The samples of one contender, one a round; none after it has failed. */
export interface Series {
  readonly samples: Sample[]
  failure?: string
}

/** Those of `names` that can be run here; says why not of the others. */
export async function installed(
  names: readonly string[],
  say: Bench['say'],
): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of names) {
    try {
      const contender = await loadContender(name)
      if ('version' in contender) {
        const [program, ...args] = contender.version
        await promisify(execFile)(program, args)
      }
      found.push(name)
    } catch (error) {
      say(
        `${name} is not installed: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      )
    }
  }
  return found
}

const notForMany = ['floor-each', 'floor-ntx', 'limbeck-models']

/** Those that run in a process of ours, and can be held back until all are ready; one floor is enough of its kind. */
export async function readyToWait({ contenders }: Bench): Promise<readonly string[]> {
  const names = contenders.filter((name) => !notForMany.includes(name))
  const loaded = await Promise.all(names.map(loadContender))
  return names.filter((_, at) => 'migrate' in (loaded[at] ?? {}))
}

/** Writes a contender's files into a folder of the scratch space, and returns the folder. */
export async function prepare(
  { scratch }: Bench,
  name: string,
  set: string,
  migrations: readonly Migration[],
): Promise<string> {
  const folder = path.join(scratch, set, name)
  await mkdir(folder, { recursive: true })
  const contender = await loadContender(name)
  await contender.prepare(folder, migrations)
  return folder
}

/**
 * Runs every contender once a round, beginning with another one each time: what the machine does besides
 * hits all of them alike. One that fails is out.
 */
export async function interleave(
  { say }: Bench,
  what: string,
  rounds: number,
  runs: ReadonlyMap<string, () => Promise<Sample>>,
): Promise<ReadonlyMap<string, Series>> {
  const all = new Map([...runs.keys()].map((name): [string, Series] => [name, { samples: [] }]))
  const names = [...runs.keys()]
  for (let round = 0; round < rounds; round++) {
    const first = (round * 5) % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const series = all.get(name)
      const run = runs.get(name)
      if (!series || !run || series.failure !== undefined) continue
      try {
        series.samples.push(await run())
      } catch (error) {
        series.failure = error instanceof Error ? error.message : String(error)
        say(`${what}: ${name} failed: ${series.failure}`)
      }
    }
    say(`${what}: round ${round + 1} of ${rounds}`)
  }
  return all
}

/** One run on a database, straight or through a proxy. */
export async function runOn(
  { url }: BenchDatabase,
  name: string,
  folder: string,
  proxy?: CountingProxy,
): Promise<Sample> {
  if (!proxy) return await runOnce(name, url, folder)
  proxy.takeRoundTrips()
  const sample = await runOnce(name, proxy.through(url), folder)
  return { ...sample, roundTrips: proxy.takeRoundTrips() }
}

/** Fails a run that did not leave as many tables of ours as it should. */
export async function expectTables(database: BenchDatabase, tables: number): Promise<void> {
  const found = await countTables(database)
  if (found !== tables) throw new Error(`${found} tables instead of ${tables}`)
}

/** Tables that migrations have made. */
export async function countTables(database: BenchDatabase): Promise<number> {
  const count = "SELECT count(*)::int FROM pg_class WHERE relkind = 'r' AND relname ~ '^t_[0-9]+$'"
  return Number(await database.value(count))
}
