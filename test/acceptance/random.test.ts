import * as fc from 'fast-check'
import { test } from 'vitest'
import { seeded } from '../support/seeded.ts'
import { modelsOf } from './build-random-models.ts'
import { drizzle1, drizzle045 } from './drizzle-versions.ts'
import { pairs, randomModels } from './random-models.ts'
import { roundTrip } from './round-trip.ts'
import { sharedDatabase } from './shared-database.ts'

const database = sharedDatabase()

test(`any models lead to any others and back, ${pairs} times`, {
  timeout: pairs * 60_000,
}, async () => {
  let models = randomModels(0)
  await database.use(async (_, version) => {
    models = randomModels(version)
  })
  await fc.assert(
    fc.asyncProperty(models, models, fc.constantFrom('0.45', '1.0'), (before, after, version) =>
      database.use(async (connection) => {
        const drizzle = version === '1.0' ? drizzle1 : drizzle045
        const entry = {
          name: 'random',
          before: modelsOf(before, drizzle),
          after: modelsOf(after, drizzle),
        }
        await roundTrip(connection, entry, drizzle)
      }),
    ),
    { ...seeded, numRuns: pairs },
  )
})
