import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open } from 'node:fs/promises'
import { geteuid } from 'node:process'

/** Bits of a mode by which group and others may do anything at all, or write. */
const anybody = 0o077
const writers = 0o022

/** Undefined on Windows, where a user's folders are the user's by inheritance. */
const user = geteuid?.()

interface Entry {
  readonly uid: number
  readonly mode: number
}

const isOurs = ({ uid, mode }: Entry, forbidden: number) =>
  user === undefined || (uid === user && (mode & forbidden) === 0)

/** Whether it is a folder of this process's user in which no other user can put anything; a symbolic link does not count. */
export async function isOwnFolder(folder: string): Promise<boolean> {
  return await lstat(folder).then(
    (entry) => entry.isDirectory() && isOurs(entry, writers),
    () => false,
  )
}

/** Makes a folder that only this process's user can enter; false where there is one of another user, or a link. */
export async function makePrivateFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting)
    const entry = await lstat(folder)
    if (!entry.isDirectory() || !isOurs(entry, 0)) return false
    if (!isOurs(entry, anybody)) await chmod(folder, 0o700)
    return true
  } catch {
    return false
  }
}

/** The text of a file that this process's user alone can read and write; undefined where it is any other, or a link. */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  // Without waiting: a named pipe without a writer would never open.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(file, flags).catch(() => undefined)
  try {
    const entry = await handle?.stat()
    if (!entry?.isFile() || !isOurs(entry, anybody)) return undefined
    return await handle?.readFile('utf8')
  } catch {
    return undefined
  } finally {
    await handle?.close()
  }
}

function ignoreExisting(error: unknown): void {
  if ((error as { code?: string }).code !== 'EEXIST') throw error
}
