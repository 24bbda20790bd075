import { createHash } from 'node:crypto'
import { readdir, realpath } from 'node:fs'
import path, { resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { bundleAt } from './bundle.ts'
import { drizzleLayout, drizzleNames } from './drizzle-layout.ts'
import { namesRevision } from './header.ts'

const read = promisify(readdir)
const realPathOf = promisify(realpath.native)

/** A folder of revisions, told by what is in it. */
export interface RevisionFolder {
  /** Absolute path. */
  readonly folder: string
  /** Names of all that is in it. */
  readonly names: readonly string[]
  /** Paths of the `.sql` and `.ts` files, by name; empty where drizzle-kit keeps the folder. */
  readonly files: readonly string[]
}

/**
 * The paths of all `.sql` and `.ts` revisions in the folders, in the order of the folders and then by name; no file is
 * opened. A file that two folders have (by a link) is listed once. Throws LIMBECK_FOLDER_MISSING.
 */
export async function revisionFolders(
  folders: readonly string[],
): Promise<readonly RevisionFolder[]> {
  const seen = new Set<string>()
  const found: RevisionFolder[] = []
  for (const folder of folders.map((folder) => resolve(folder)))
    found.push(await listFolder(folder, seen))
  return found
}

async function listFolder(folder: string, seen: Set<string>): Promise<RevisionFolder> {
  const entries = await read(folder, { withFileTypes: true }).catch(folderMissing(folder))
  const names = entries.map(({ name }) => name)
  if (drizzleLayout(folder, names) !== null) return { folder, names, files: [] }
  const links = new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name))
  const realFolder = await realPathOf(folder)
  const plain = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const files: string[] = []
  for (const name of revisionNames(plain)) {
    const file = folder + sep + name
    // A broken link is kept: reading it says what is wrong.
    const real = links.has(name)
      ? await realPathOf(file).catch(() => file)
      : realFolder + sep + name
    if (!seen.has(real)) files.push(file)
    seen.add(real)
  }
  return { folder, names, files }
}

const hashOf = (names: readonly string[]) =>
  createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32)

/** What the names of the files tell, none of which is opened. */
export interface RevisionNames {
  /** Without folders. */
  readonly names: readonly string[]
  /** Paths of files, where they are Limbeck's own and on the disk. */
  readonly files: readonly string[]
  /**
   * Tells one state of the folders from another. An edit of a file does not count, since what is applied is not read at
   * boot.
   */
  readonly fingerprint: string
}

/** Lists the folders. Throws LIMBECK_FOLDER_MISSING. */
export async function readRevisionNames(folders: readonly string[]): Promise<RevisionNames> {
  const names: string[] = []
  const files: string[] = []
  for (const folder of folders) {
    const bundle = bundleAt(folder)
    if (bundle) {
      names.push(...bundle.names)
      continue
    }
    const found = await read(folder).catch(folderMissing(folder))
    const layout = drizzleLayout(folder, found)
    const own = layout ? [] : revisionNames(found)
    names.push(...(layout ? await drizzleNames(folder, layout, found) : own))
    files.push(...own.map((name) => folder + sep + name))
  }
  return { names, files, fingerprint: hashOf(names) }
}

/** Whether the name of a file holds the id as a word of its own. */
export const isFileOf = (file: string, id: string): boolean =>
  file.includes(id) && namesRevision(path.parse(file).name, id)

const revisionNames = (names: readonly string[]) => names.filter(isRevisionName).sort()

// Dot files are also the lock files and unfinished files of editors. No regular expression: at every boot all names of
// what may be a large folder pass here.
function isRevisionName(name: string): boolean {
  const end = name.slice(-5).toLowerCase()
  const isRevision = end.endsWith('.sql') || (end.endsWith('.ts') && end !== '.d.ts')
  return isRevision && !name.startsWith('.')
}

/** What is to say of it is loaded only then: Node.js takes 2 ms for the names of `node:process` alone. */
function folderMissing(folder: string): (cause: unknown) => Promise<never> {
  return async (cause) => {
    throw (await import('./folder-missing.ts')).folderMissing(folder, cause)
  }
}
