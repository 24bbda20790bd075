import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { geteuid, kill, pid } from 'node:process'
import { isOwnFolder } from '../private-files.ts'
import { chooseUser, findBinaries, sharedFolder } from './binaries.ts'
import { stopServer } from './server.ts'
import { readSettings } from './settings.ts'

const prefix = 'limbeck-embedded-'
const ownerFile = 'owner.pid'

/** A folder for a server that goes with its process. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  // Root's server runs as another user, who has to get there.
  if (geteuid?.() === 0) await chmod(folder, 0o755)
  await writeFile(join(folder, ownerFile), String(pid))
  return folder
}

/**
 * Stops and removes what processes that were killed have left behind. Anybody can make a folder of that name where
 * temporary files are: only this user's are looked into, since what they say is removed.
 */
export async function sweepTemporaryFolders(from: string): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names.filter((it) => it.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    if (!(await isOwnFolder(folder))) continue
    const owner = await readFile(join(folder, ownerFile), 'utf8').catch(() => '')
    if (owner !== '' && !isAlive(Number(owner))) await sweep(folder, from).catch(() => {})
  }
}

async function sweep(folder: string, from: string): Promise<void> {
  const cluster = (await readSettings(folder))?.cluster
  if (cluster !== undefined && [folder, sharedFolder].includes(dirname(cluster))) {
    const user = await chooseUser(cluster)
    const binaries = await findBinaries(user, from)
    await stopServer({ folder: cluster, binaries, user }).catch(() => {})
    await rm(cluster, { recursive: true, force: true })
  }
  await rm(folder, { recursive: true, force: true })
}

function isAlive(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    // Somebody else's process is a process.
    return (error as { code?: string }).code === 'EPERM'
  }
}
