import { expect, onTestFinished, test } from 'vitest'
import { diff } from '../../src/schema/diff.ts'
import { operationStatements } from '../../src/schema/operation-statements.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { stages } from '../../src/schema/stages.ts'
import { databaseWith, snapshotOf } from '../autogenerate/comparing.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { COLUMN_ROUND_TRIPS } from './column-round-trips.ts'
import { RELATION_ROUND_TRIPS, type RoundTrip } from './round-trips.ts'

const ROUND_TRIPS = [...RELATION_ROUND_TRIPS, ...COLUMN_ROUND_TRIPS]

const SCHEMAS = ['auth']

test.for(ROUND_TRIPS)('$name: there and back, in one transaction each', async (trip, { skip }) => {
  const [database, before, after] = await setUp(trip, skip)
  await migrate(database, before, after, [])
  await migrate(database, await snapshotOf(database, SCHEMAS), before, [])
})

test.for(ROUND_TRIPS)('$name: there and back, stage by stage', async (trip, { skip }) => {
  const [database, before, after] = await setUp(trip, skip)
  const all = stages(before, after)
  for (const stage of all) await migrate(database, stage.from, stage.to, [stage.kind])
  await expectEqual(database, after)
  for (const stage of all.toReversed()) await migrate(database, stage.to, stage.from, [stage.kind])
  await expectEqual(database, before)
})

async function setUp({ from, to, rows = '', since = 0 }: RoundTrip, skip: (why: string) => never) {
  const database = await databaseWith(from, ...(rows === '' ? [] : [rows]))
  const [server] = await database.query('SHOW server_version_num')
  if (Number(server?.server_version_num) < since * 10_000) skip(`came with PostgreSQL ${since}`)
  const goal = await databaseWith(to)
  onTestFinished(() => goal.drop())
  return [database, await snapshotOf(database, SCHEMAS), await snapshotOf(goal, SCHEMAS)] as const
}

async function migrate(
  database: TestDatabase,
  from: Snapshot,
  to: Snapshot,
  [kind]: readonly string[],
): Promise<void> {
  const online = kind === 'online'
  const statements = diff(from, to).flatMap((operation) =>
    operationStatements(operation, { online }),
  )
  try {
    if (online) for (const statement of statements) await database.query(statement)
    else await database.query(['BEGIN', ...statements, 'COMMIT'].join(';\n'))
  } catch (error) {
    throw new Error(`${error}\n${statements.join(';\n')}`)
  }
  await expectEqual(database, to)
}

async function expectEqual(database: TestDatabase, to: Snapshot): Promise<void> {
  const now = await snapshotOf(database, SCHEMAS)
  expect(comparable(now)).toEqual(comparable(to))
  expect(diff(now, to)).toEqual([])
}

/** A column that is dropped and added anew comes last; names of sequences behind columns are not the models' business. */
function comparable(snapshot: Snapshot) {
  const tables = snapshot.tables.map((table) => ({
    ...table,
    columns: table.columns
      .map(({ sequence: _, ...column }) => column)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }))
  return { ...snapshot, tables }
}
