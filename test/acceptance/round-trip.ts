import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/database/connection.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { Case, CaseTable, Drizzle } from './case.ts'
import { createAll, empty, readFacts, schemaOf, send, unspelled } from './database.ts'
import { drizzle1, drizzle045 } from './drizzle-versions.ts'
import { autogenerate, type Body, run } from './engine.ts'
import { sharedDatabase } from './shared-database.ts'

/** One test a case: there and back, then from the other end there and back. With drizzle-orm 1.0 only the first half. */
export function acceptance(kind: string, table: CaseTable): void {
  const database = sharedDatabase()
  describe.each([drizzle045, drizzle1])(`${kind} of drizzle-orm $version`, (drizzle) => {
    for (const entry of table(drizzle))
      test(entry.name, async ({ skip }) => {
        const { since = 0 } = entry
        await database.use(async (connection, version) => {
          if (version < since) skip(`came with PostgreSQL ${since}`)
          await roundTrip(connection, entry, drizzle)
        })
      })
  })
}

/** As one test of `acceptance()` does. */
export async function roundTrip(
  connection: Connection,
  entry: Case,
  drizzle: Drizzle,
): Promise<void> {
  const before = schemaOf(entry.before, entry, drizzle)
  const after = schemaOf(entry.after, entry, drizzle)
  const schemas = [...new Set([...before.schemas, ...after.schemas])]
  const trip = { connection, entry, schemas }
  await thereAndBack({ ...trip, before, after, rows: entry.rows })
  if (drizzle.version === '0.45')
    await thereAndBack({ ...trip, before: after, after: before, rows: entry.rowsAfter })
}

interface Trip {
  readonly connection: Connection
  readonly entry: Case
  readonly schemas: readonly string[]
  readonly before: Schema
  readonly after: Schema
  readonly rows?: readonly string[] | undefined
}

async function thereAndBack(trip: Trip): Promise<void> {
  const { connection, before, after, rows = [] } = trip
  const goal = await freshFacts(trip, after)
  const origin = await freshFacts(trip, before)
  await expectNoChange(trip, before, 'right after create-all')
  for (const row of rows) await send(connection, row)

  const change = await autogenerate(connection, after, trip.schemas)
  const script = wording(change.upgrade, change.downgrade)
  expect(change.warnings, script).toEqual([])
  await run(connection, change.upgrade)
  await expectNoChange(trip, after, `after the upgrade\n${script}`)
  expectFacts(await readFacts(connection), goal, trip, `upgrade\n${script}`)

  await run(connection, change.downgrade)
  await expectNoChange(trip, before, `after the downgrade\n${script}`)
  expectFacts(await readFacts(connection), origin, trip, `downgrade\n${script}`)
}

/** What a database built from the models holds; it is left built. */
async function freshFacts({ connection, entry }: Trip, models: Schema) {
  await empty(connection)
  for (const statement of entry.given ?? []) await send(connection, statement)
  await createAll(connection, models)
  return await readFacts(connection)
}

async function expectNoChange(trip: Trip, models: Schema, when: string): Promise<void> {
  const { upgrade } = await autogenerate(trip.connection, models, trip.schemas)
  expect(
    upgrade.flatMap(({ statements }) => statements),
    when,
  ).toEqual([])
}

function expectFacts(
  facts: readonly string[],
  expected: readonly string[],
  { entry: { respelled } }: Trip,
  when: string,
): void {
  const comparable = (fact: string) => (respelled === undefined ? fact : unspelled(fact))
  expect(facts.map(comparable), when).toEqual(expected.map(comparable))
}

function wording(upgrade: readonly Body[], downgrade: readonly Body[]): string {
  const lines = (bodies: readonly Body[]) =>
    bodies.flatMap(({ kind, statements }) => [
      `-- ${kind}`,
      ...statements.map((text) => `${text};`),
    ])
  return ['-- +upgrade', ...lines(upgrade), '-- +downgrade', ...lines(downgrade)].join('\n')
}
