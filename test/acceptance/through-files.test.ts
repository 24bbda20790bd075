import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMigrator } from 'limbeck'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/database/connection.ts'
import { allCases } from './all-cases.ts'
import type { Case, Models } from './case.ts'
import { createAll, empty, readFacts, schemaOf, send, unspelled } from './database.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { sharedDatabase } from './shared-database.ts'

/** Every how many cases of a kind go the whole way: files take longer than statements. */
const every = 6

const database = sharedDatabase()

describe('through revision files, from nothing to the models, on to the changed ones, and back', () => {
  for (const [kind, table] of Object.entries(allCases)) {
    const chosen = table(drizzle045).filter((_, at) => kind === 'mixed' || at % every === every - 1)
    for (const entry of chosen)
      test(`${kind}: ${entry.name}`, async ({ skip }) => {
        await database.use(async (connection, version) => {
          if (version < (entry.since ?? 0)) skip(`came with PostgreSQL ${entry.since}`)
          const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-acceptance-'))
          await wholeWay(connection, entry, folder)
          await rm(folder, { recursive: true })
        })
      })
  }
})

async function wholeWay(connection: Connection, entry: Case, folder: string): Promise<void> {
  const goal = await freshFacts(connection, entry, entry.after)
  const origin = await freshFacts(connection, entry, entry.before)
  const comparable = (facts: readonly string[]) => (entry.respelled ? facts.map(unspelled) : facts)
  const expectFacts = async (expected: readonly string[]) =>
    expect(comparable(await readFacts(connection))).toEqual(comparable(expected))
  const nothing = await freshFacts(connection, entry, {})
  const migrator = (models: Models) =>
    createMigrator({
      url: database.url(),
      migrations: folder,
      models,
      casing: entry.casing,
      autogenerate: { schemas: schemasOf(entry) },
    })
  const autogenerate = async (models: Models, using?: readonly string[]) => {
    const { revisions, warnings } = await migrator(models).autogenerate({
      message: 'change',
      allowDataLoss: true,
      renames: false,
      using,
    })
    expect(warnings).toEqual([])
    return revisions
  }
  const first = await autogenerate(entry.before)
  await migrator(entry.before).upgrade()
  await expectFacts(origin)
  for (const row of entry.rows ?? []) await send(connection, row)

  const second = await autogenerate(entry.after, entry.using)
  await migrator(entry.after).upgrade()
  await expectFacts(goal)
  expect(await autogenerate(entry.after)).toEqual([])

  if (second.length > 0) await migrator(entry.after).downgrade(`-${second.length}`)
  await expectFacts(origin)
  if (first.length > 0) await migrator(entry.after).downgrade('base')
  await expectFacts(nothing)
}

/** What a database built from the models holds; it is left empty. */
async function freshFacts(connection: Connection, entry: Case, models: Models) {
  const given = async () => {
    await empty(connection)
    for (const statement of entry.given ?? []) await send(connection, statement)
  }
  await given()
  await createAll(connection, schemaOf(models, entry, drizzle045))
  const facts = await readFacts(connection)
  await given()
  return facts
}

function schemasOf(entry: Case): readonly string[] {
  const schemas = [entry.before, entry.after].flatMap(
    (models) => schemaOf(models, entry, drizzle045).schemas,
  )
  return [...new Set(schemas)]
}
