import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres, { type Sql } from 'postgres'
import type { Logger } from '../config/options.ts'
import { now } from '../database/pause.ts'
import type { Binaries, RunAs } from './binaries.ts'
import { embeddedFailed } from './failure.ts'

const run = promisify(execFile)

const startTimeoutMs = 60_000
/** As long as a server may run before its service has marked it as its own. */
const ownerTimeoutMs = 1_000

/** One cluster and how it is run. */
export interface Cluster {
  readonly folder: string
  readonly binaries: Binaries
  readonly user: RunAs
  /** Settings beside the usual ones, as `postgres -c` takes them. */
  readonly flags: readonly string[]
}

/** A server that was started here. */
export interface EmbeddedServer {
  readonly process: ChildProcess
  /** The session by which others see that the server has a living owner: it ends with the process. */
  readonly owner: Sql
}

/** Starts PostgreSQL and waits until it answers. Throws with its last words when it ends before. */
export async function startServer(
  cluster: Cluster,
  port: number,
  url: string,
  logger: Logger,
): Promise<EmbeddedServer> {
  const options = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    ...cluster.flags,
  ]
  const child = spawn(
    cluster.binaries.postgres,
    ['-D', cluster.folder, ...options.flatMap((option) => ['-c', option])],
    // A process group of its own: Ctrl-C reaches the service alone, which stops the server when it is done.
    { ...cluster.user, cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const state = { ended: '', lastWords: '' }
  child.once('error', (error) => {
    state.ended = error.message
  })
  child.once('exit', (code, signal) => {
    state.ended ||= `exit ${code ?? signal}`
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    logger.debug({ embedded: true }, line)
    const [words] = /(FATAL|HINT):.*/.exec(line) ?? []
    if (words) state.lastWords = `${state.lastWords} ${words}`.slice(-500)
  })
  for (const deadline = now() + startTimeoutMs; now() < deadline && !state.ended; ) {
    const owner = await connect(url, ownerName)
    if (typeof owner !== 'string') return { process: child, owner }
    await delay(50)
  }
  child.kill('SIGINT')
  const reason = `${state.ended || 'no answer'}${state.lastWords}`
  throw embeddedFailed(
    `the embedded PostgreSQL in ${cluster.folder} did not start: ${reason}`,
    'Remove the folder if its data is not needed, or use a server of your own.',
  )
}

/** Stops the server that runs on the cluster, and waits until it is down. */
export async function stopServer({
  folder,
  binaries,
  user,
}: Omit<Cluster, 'flags'>): Promise<void> {
  const options = ['stop', '-D', folder, '-m', 'fast', '-w', '-t', '30']
  await run(binaries.pg_ctl, options, { ...user, cwd: '/' })
}

/**
 * Who runs a server on `url`: `none` when no server answers there, `service` when a living process calls it
 * its own, `orphan` when that process is gone.
 */
export async function whoRuns(url: string): Promise<'none' | 'service' | 'orphan'> {
  const sql = await connectWhenUp(url)
  if (sql === undefined) return 'none'
  try {
    for (const deadline = now() + ownerTimeoutMs; now() < deadline; await delay(100)) {
      const owners = await sql`SELECT FROM pg_stat_activity WHERE application_name = ${ownerName}`
      if (owners.length > 0) return 'service'
    }
    return 'orphan'
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const ownerName = 'limbeck embedded: owner'

async function connectWhenUp(url: string): Promise<Sql | undefined> {
  for (const deadline = now() + startTimeoutMs; now() < deadline; await delay(200)) {
    const sql = await connect(url, 'limbeck embedded: probe')
    if (typeof sql !== 'string') return sql
    // Starting up or shutting down; anything else is not our server.
    if (sql !== '57P03') return undefined
  }
  return undefined
}

// A client that answered, or the code of what went wrong.
async function connect(url: string, name: string): Promise<Sql | string> {
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 5,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: name },
  })
  try {
    await sql`SELECT 1`
    return sql
  } catch (error) {
    await sql.end({ timeout: 0 })
    return (error as { code?: string }).code ?? 'unknown'
  }
}
