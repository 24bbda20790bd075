import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** One migration of a scenario, in nobody's format. */
export interface Migration {
  /** 12 hex digits, ascending. */
  readonly id: string
  readonly statements: readonly string[]
}

interface Adapter {
  /** What one migration can count on: a transaction of its own, one around all of them, or nothing. */
  readonly transaction: 'each' | 'all' | 'none'
  /** Writes the migrations into an empty folder, the way this tool wants them. */
  prepare(folder: string, migrations: readonly Migration[]): Promise<void>
}

/** A tool that a service calls in its own process. */
export interface Library extends Adapter {
  /** Connects, brings the database to the newest migration, and closes. */
  migrate(url: string, folder: string): Promise<void>
}

/** A tool that is a program. */
export interface Program extends Adapter {
  /** The program and its arguments. */
  command(url: string, folder: string): readonly [string, ...string[]]
  /** Prints its version: how we see that it is installed. */
  readonly version: readonly [string, ...string[]]
}

export type Contender = Library | Program

/** The adapters there are, floors first. */
export const contenderNames: readonly string[] = readdirSync(new URL('contenders', import.meta.url))
  .map((file) => path.parse(file).name)
  .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))

function rank(name: string): number {
  if (name.startsWith('floor')) return 0
  return name.startsWith('limbeck') ? 1 : 2
}

/** By name, so that nobody loads the packages of others. */
export async function loadContender(name: string): Promise<Contender> {
  // These files run as sources in tests, and compiled in the benchmark.
  const extension = path.extname(fileURLToPath(import.meta.url))
  const file = new URL(`contenders/${name}${extension}`, import.meta.url)
  return (await import(file.href)).default
}
