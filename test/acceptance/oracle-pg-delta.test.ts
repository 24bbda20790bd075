import { extract } from '@supabase/pg-delta/extract'
import { plan } from '@supabase/pg-delta/plan'
import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/database/connection.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { allCases } from './all-cases.ts'
import type { Case } from './case.ts'
import { createAll, empty, schemaOf, send } from './database.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { autogenerate, run } from './engine.ts'
import { sharedDatabase } from './shared-database.ts'

type FactBase = Awaited<ReturnType<typeof extract>>['factBase']

const database = sharedDatabase()

describe('after the upgrade pg-delta finds nothing left to do', () => {
  for (const [kind, table] of Object.entries(allCases))
    for (const entry of table(drizzle045))
      test(`${kind}: ${entry.name}`, async ({ skip }) => {
        await database.use(async (connection, version) => {
          if (version < (entry.since ?? 0)) skip(`came with PostgreSQL ${entry.since}`)
          if (entry.respelled) skip(`PostgreSQL spells it anew: ${entry.respelled}`)
          const before = schemaOf(entry.before, entry, drizzle045)
          const after = schemaOf(entry.after, entry, drizzle045)
          const goal = await built(connection, entry, after)
          await built(connection, entry, before)
          const schemas = [...before.schemas, ...after.schemas]
          const { upgrade } = await autogenerate(connection, after, schemas)
          await run(connection, upgrade)
          // Roles are the server's: whatever else runs on it makes some.
          const { actions } = plan(await factsOf(connection), goal, { scope: 'database' })
          expect(actions.map(({ sql }) => sql)).toEqual([])
        })
      })
})

async function built(connection: Connection, entry: Case, models: Schema): Promise<FactBase> {
  await empty(connection)
  for (const statement of entry.given ?? []) await send(connection, statement)
  await createAll(connection, models)
  return await factsOf(connection)
}

/** pg-delta asks for a pool of the driver `pg`: as much of one as it uses, on the connection that is there. */
async function factsOf({ sql }: Connection): Promise<FactBase> {
  const query = async (text: string, values: unknown[] = []) => {
    const rows = await sql.unsafe(text, values as postgres.ParameterOrJSON<never>[])
    return { rows, rowCount: rows.count }
  }
  const pool = { connect: async () => ({ query, release: () => {} }), query }
  const { factBase } = await extract(pool as never)
  return factBase
}
