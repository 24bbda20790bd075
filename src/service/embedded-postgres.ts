import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'limbeck'
import { chooseUser, findBinaries } from './embedded/binaries.ts'
import { clusterExists, createCluster, placeCluster } from './embedded/cluster.ts'
import { choosePort } from './embedded/port.ts'
import { type Cluster, type Server, startServer, stopServer, whoRuns } from './embedded/server.ts'
import { readSettings, writeSettings } from './embedded/settings.ts'

const database = 'catalogue'

/** A PostgreSQL of the service's own. */
export interface EmbeddedPostgres {
  /** With password: not for the log. */
  readonly url: string
  /** Stops the server and waits until it is down. */
  stop(): Promise<void>
  /** The same without waiting, for a process that is about to end. */
  kill(): void
}

export interface EmbeddedOptions {
  /** Kept between starts. Default: `.data/postgres` below the working directory. */
  readonly dataDir: string | undefined
  /** 0: the port of the last start, else a free one. */
  readonly port: number
  readonly logger: Logger
}

/**
 * Starts PostgreSQL on a folder that persists, after making the cluster and the database where they are
 * missing. A server left behind by a killed process is stopped first; one in use by another is an error.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { logger } = options
  const folder = resolve(options.dataDir ?? join('.data', 'postgres'))
  const settings = await readSettings(folder)
  const user = await chooseUser(settings?.cluster)
  const binaries = await findBinaries(user)
  const place =
    settings?.cluster ??
    (await placeCluster(folder, user, { named: options.dataDir !== undefined }))
  const cluster: Cluster = { folder: place, binaries, user, logger }
  const last = settings && new URL(settings.url)
  if (last && settings) await freeCluster(cluster, urlOf(last.port, last.password, 'postgres'))

  const port = await choosePort(options.port, Number(last?.port ?? 0))
  const isNew = !(await clusterExists(place))
  const password = (!isNew && last?.password) || randomBytes(18).toString('hex')
  const url = urlOf(port, password, database)
  if (isNew) await createCluster(cluster, password)
  await writeSettings(folder, { url, cluster: place })

  const server = await startServer(cluster, port, urlOf(port, password, 'postgres'))
  await ensureDatabase(server)
  logger.info(
    { cluster: place, port, created: isNew },
    `DATABASE_URL is not set: PostgreSQL runs embedded on 127.0.0.1:${port}, its data is in ${place}`,
  )
  return supervise(cluster, server, url)
}

function urlOf(port: number | string, password: string, name: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
}

async function freeCluster(cluster: Cluster, url: string): Promise<void> {
  // A server that was stopped properly leaves no such file.
  const pidFile = join(cluster.folder, 'postmaster.pid')
  const pid = await readFile(pidFile, 'utf8').then((text) => text.split('\n')[0], ignore)
  if (pid === undefined) return
  const owner = await whoRuns(url)
  if (owner === 'service')
    throw new Error(
      `another process serves from ${cluster.folder}: stop it, or set DATA_DIR or DATABASE_URL`,
    )
  if (owner === 'orphan') {
    cluster.logger.warn({ cluster: cluster.folder }, 'stopping the server a killed process left')
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

async function ensureDatabase({ owner }: Server): Promise<void> {
  const found = await owner`SELECT FROM pg_database WHERE datname = ${database}`
  if (found.length === 0) await owner`CREATE DATABASE ${owner(database)}`
}

function supervise(cluster: Cluster, server: Server, url: string): EmbeddedPostgres {
  const exited = once(server.process, 'exit')
  const state = { stopping: false }
  server.process.once('exit', (code, signal) => {
    if (!state.stopping)
      cluster.logger.error({ code, signal }, 'the embedded PostgreSQL has ended by itself')
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
