import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Connection } from '../../src/database/connection.ts'
import { allCases } from './all-cases.ts'
import type { Case, Models } from './case.ts'
import { createAll, empty, readFacts, schemaOf, send } from './database.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { kitFaults } from './kit-faults.ts'
import { sharedDatabase } from './shared-database.ts'

const errors = new Map(kitFaults.flatMap(({ error, cases }) => cases.map((name) => [name, error])))

const database = sharedDatabase()

// drizzle-kit ends the process on what it takes for a mistake in the models.
beforeEach(() => {
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`drizzle-kit wants to exit with ${code}`)
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('create-all makes what drizzle-kit makes', () => {
  const ends = Object.entries(allCases).flatMap(([kind, table]) =>
    table(drizzle045).flatMap((entry) => [
      { name: `${kind}: ${entry.name}: before`, entry, models: entry.before },
      { name: `${kind}: ${entry.name}: after`, entry, models: entry.after },
    ]),
  )
  for (const { name, entry, models } of ends)
    test(name, async ({ skip }) => {
      await database.use(async (connection, version) => {
        if (version < (entry.since ?? 0)) skip(`came with PostgreSQL ${entry.since}`)
        const compare = async () => {
          const theirs = await kitFacts(connection, entry, models)
          await fresh(connection, entry)
          await createAll(connection, schemaOf(models, entry, drizzle045))
          expect(await readFacts(connection)).toEqual(theirs)
        }
        const error = errors.get(name)
        if (error) await expect(compare).rejects.toThrow(error)
        else await compare()
      })
    })
})

async function kitFacts(connection: Connection, entry: Case, models: Models) {
  const statements = await generateMigration(
    generateDrizzleJson({}),
    generateDrizzleJson(models as never, undefined, undefined, entry.casing),
  )
  await fresh(connection, entry)
  for (const statement of statements) await send(connection, statement)
  return await readFacts(connection)
}

async function fresh(connection: Connection, { given = [] }: Case): Promise<void> {
  await empty(connection)
  for (const statement of given) await send(connection, statement)
}
