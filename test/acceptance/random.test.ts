import * as fc from 'fast-check'
import { test } from 'vitest'
import { seeded } from '../support/seeded.ts'
import { modelsOf } from './build-random-models.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { pairs, randomModels } from './random-models.ts'
import { roundTrip } from './round-trip.ts'
import { sharedDatabase } from './shared-database.ts'

const database = sharedDatabase()

test(`any models lead to any others and back, ${pairs} times`, { timeout: pairs * 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(randomModels, randomModels, (before, after) =>
      database.use(async (connection) => {
        const entry = { name: 'random', before: modelsOf(before), after: modelsOf(after) }
        await roundTrip(connection, entry, drizzle045)
      }),
    ),
    { ...seeded, numRuns: pairs },
  ),
)
