import * as fc from 'fast-check'
import { test } from 'vitest'
import { modelsOf } from './build-random-models.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { randomModels } from './random-models.ts'
import { roundTrip } from './round-trip.ts'
import { sharedDatabase } from './shared-database.ts'

const database = sharedDatabase()
const runs = Number(process.env.RANDOM_MODELS ?? 40)

// RANDOM_MODELS=1000 looks further; a failure tells the seed and the smallest models that still fail.
test(`any models lead to any others and back, ${runs} times`, { timeout: runs * 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(randomModels, randomModels, (before, after) =>
      database.use(async (connection) => {
        const entry = { name: 'random', before: modelsOf(before), after: modelsOf(after) }
        await roundTrip(connection, entry, drizzle045)
      }),
    ),
    { numRuns: runs },
  ),
)
