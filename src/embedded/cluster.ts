import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { canEnter, ensureSharedFolder, type RunAs, sharedFolder, versionOf } from './binaries.ts'
import { embeddedFailed } from './failure.ts'
import type { Cluster } from './server.ts'

const run = promisify(execFile)

/**
 * The folder a new cluster shall have: below `folder`, or where root keeps shared things when the user
 * that PostgreSQL runs as cannot enter `folder`. Throws when `folder` was `named` in the configuration.
 */
export async function chooseClusterFolder(
  folder: string,
  user: RunAs,
  { named }: { readonly named: boolean },
): Promise<string> {
  await mkdir(folder, { recursive: true })
  if (await canEnter(folder, user)) return join(folder, 'cluster')
  if (named)
    throw embeddedFailed(
      `the folder ${folder} lies below one that user ${user.uid} cannot enter, and PostgreSQL does not run as root`,
      'Choose another folder for the data, or use a server of your own.',
    )
  await ensureSharedFolder()
  return join(sharedFolder, `cluster-${randomBytes(6).toString('hex')}`)
}

/** Whether a cluster stands in `folder`: it is moved there only when it is whole. */
export async function clusterExists(folder: string): Promise<boolean> {
  return stat(join(folder, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

/** Makes a cluster beside its folder and moves it there when it is whole. */
export async function createCluster(
  { folder, binaries, user }: Omit<Cluster, 'flags'>,
  password: string,
): Promise<void> {
  const unfinished = `${folder}.new`
  const passwordFile = `${folder}.password`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  try {
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (user.uid !== undefined && user.gid !== undefined) {
      await chown(unfinished, user.uid, user.gid)
      await chown(passwordFile, user.uid, user.gid)
    }
    // PostgreSQL 17 and later compare text by code points without the system's locales, and know what a letter is all the same.
    const hasBuiltin = Number.parseInt(await versionOf(binaries, user), 10) >= 17
    await run(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--no-locale',
        ...(hasBuiltin ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
      ],
      { ...user, cwd: '/' },
    )
    await rename(unfinished, folder)
  } finally {
    await rm(passwordFile, { force: true })
  }
}
