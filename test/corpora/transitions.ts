import { type Connection, withConnection } from '../../src/database/connection.ts'
import { diff } from '../../src/schema/diff.ts'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { unspelled } from '../acceptance/database.ts'
import { changeOf, run, tables } from '../acceptance/engine.ts'
import { newDatabase } from '../support/database.ts'
import { readDatabase } from '../support/read-database.ts'
import type { State } from './replay.ts'

/** How a way from one state to another, and back, went. */
export interface Transition {
  readonly from: string
  readonly to: string
  readonly statements: number
  /** What went wrong; nothing when it went well. */
  readonly fault?: string
}

/** Distances, in migrations, of the states that are joined. */
const distances = [1, 2, 5, 12, 30, 80]
const perDistance = 8

/** Pairs of positions among `count` states, spread evenly over the history. */
export function pairs(count: number): readonly (readonly [number, number])[] {
  const found = distances.flatMap((distance) => {
    const last = count - 1 - distance
    if (last < 0) return []
    const starts = Array.from({ length: perDistance }, (_, at) =>
      Math.round((at * last) / (perDistance - 1)),
    )
    return [...new Set(starts)].map((start) => [start, start + distance] as const)
  })
  return count > 1 ? [...found, [0, count - 1]] : found
}

/** Takes a copy of `from` to `to` and back, judged by reading it again. */
export async function tryTransition(
  serverUrl: string,
  from: State,
  to: State,
): Promise<Transition | null> {
  const [before, after] = [await readState(from.database.url), await readState(to.database.url)]
  const { upgrade, downgrade } = changeOf(before, after)
  if (upgrade.length === 0) return null
  const copy = await newDatabase(serverUrl, from.database.name)
  const all = [...upgrade, ...downgrade].flatMap(({ statements }) => statements)
  const entry = { from: from.tag, to: to.tag, statements: all.length }
  try {
    await connected(copy.url, async (connection) => {
      await run(connection, upgrade)
      await expectState(connection, after, 'upgrade')
      await run(connection, downgrade)
      await expectState(connection, before, 'downgrade')
    })
    return entry
  } catch (error) {
    return { ...entry, fault: error instanceof Error ? error.message : String(error) }
  } finally {
    await copy.drop()
  }
}

async function expectState(
  connection: Connection,
  expected: Snapshot,
  when: string,
): Promise<void> {
  const left = diff(await read(connection), expected)
  const again = diff(comparable(await read(connection)), comparable(expected))
  if (again.length === 0) return
  const statements = left.flatMap((operation) => operationStatements(operation))
  throw new Error(`after the ${when} is left:\n${statements.join(';\n')}`)
}

/** Texts that PostgreSQL spells anew each time it builds them are compared without what it adds. */
function comparable(snapshot: Snapshot): Snapshot {
  return JSON.parse(unspelled(JSON.stringify(snapshot))) as Snapshot
}

function readState(url: string): Promise<Snapshot> {
  return connected(url, read)
}

async function read(connection: Connection): Promise<Snapshot> {
  const schemas = await connection.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public', 'drizzle')`,
  )
  return await readDatabase(connection, {
    schema: 'public',
    schemas: schemas.map(({ name }) => name),
    tables,
  })
}

/** Work on a connection of its own. */
export function connected<T>(url: string, work: (connection: Connection) => Promise<T>) {
  return withConnection({ url, applicationName: 'corpora', connectTimeoutMs: 0 }, 'SELECT 1', work)
}
