import { afterAll, beforeAll } from 'vitest'
import { type Connection, withConnection } from '../../src/database/connection.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

/** A database for all cases of a file: each begins by emptying it. */
export function sharedDatabase() {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  return {
    url: () => database.url,
    use: (work: (connection: Connection, version: number) => Promise<void>): Promise<void> =>
      withConnection(
        { url: database.url, applicationName: 'acceptance', connectTimeoutMs: 0, fetchTypes: true },
        `SELECT current_setting('server_version_num')::int / 10000 AS version`,
        (connection) => {
          const [row] = connection.greeting as readonly { version: number }[]
          return work(connection, row?.version ?? 0)
        },
      ),
  }
}
