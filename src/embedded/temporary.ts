import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { geteuid, kill, pid } from 'node:process'
import { isOwnFolder } from '../private-files.ts'
import { chooseUser, findBinaries, type Package, sharedFolder } from './binaries.ts'
import { stopServer } from './server.ts'
import { readSettings } from './settings.ts'

const prefix = 'limbeck-embedded-'
const ownerFile = 'owner.pid'

/** A folder for a server that goes with its process. */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, prefix))
  // Root's server runs as another user, who has to get there.
  if (geteuid?.() === 0) await chmod(folder, 0o755)
  await writeFile(join(folder, ownerFile), String(pid))
  return folder
}

/**
 * Stops and removes what processes that were killed have left behind. Anybody can make a folder of that name where
 * temporary files are: only this user's are looked into, since what they say is removed.
 */
export async function sweepTemporaryFolders(parent: string, packaged: Package): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter((it) => it.startsWith(prefix))) {
    const folder = join(parent, name)
    if (!(await isOwnFolder(folder))) continue
    const owner = await readFile(join(folder, ownerFile), 'utf8').catch(() => '')
    if (owner !== '' && !isAlive(Number(owner))) await sweep(folder, packaged).catch(() => {})
  }
}

async function sweep(folder: string, packaged: Package): Promise<void> {
  const cluster = (await readSettings(folder))?.cluster
  if (cluster !== undefined && [folder, sharedFolder].includes(dirname(cluster))) {
    const user = await chooseUser(cluster)
    const binaries = await findBinaries(user, packaged)
    await stopServer({ folder: cluster, binaries, user }).catch(() => {})
    await rm(cluster, { recursive: true, force: true })
  }
  await rm(folder, { recursive: true, force: true })
}

function isAlive(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    // Another user's process is a process, too.
    return (error as { code?: string }).code === 'EPERM'
  }
}
