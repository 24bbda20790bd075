import { env } from 'node:process'
import postgres, { type Sql } from 'postgres'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/start.ts'

/** Where test databases are made: a URL, or what starts a server and returns its URL (testcontainers, say). */
export type TestServer = string | (() => string | Promise<string>)

/** The server of one run, and the connection that makes databases on it. */
export interface Server {
  /** Of its maintenance database. */
  readonly url: string
  readonly sql: Sql
  close(): Promise<void>
}

/** TEST_DATABASE_URL where nothing is named, else a PostgreSQL that goes with this process. */
export async function openServer(named: TestServer | undefined): Promise<Server> {
  const given = typeof named === 'function' ? await named() : (named ?? env.TEST_DATABASE_URL)
  const embedded: EmbeddedPostgres | null = given
    ? null
    : await startEmbeddedPostgres({ temporary: true })
  const url = given || (embedded?.url ?? '')
  const sql = postgres(url, {
    max: 1,
    // The session holds a lock by which others see that this run is alive.
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: 'limbeck testing' },
  })
  return {
    url,
    sql,
    close: async () => {
      await sql.end({ timeout: 5 })
      await embedded?.stop()
    },
  }
}
