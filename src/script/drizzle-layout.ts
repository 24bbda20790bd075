import { createHash } from 'node:crypto'
import { existsSync, readFile } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const read = promisify(readFile)

/** How drizzle-kit keeps migrations: 0.x lists files in a journal, 1.0 has a folder for each. */
export type DrizzleLayout = 'journal' | 'folders'

/** Tells a folder of drizzle-kit by its content; null for any other. `names` is the listing of the folder. */
export function drizzleLayout(folder: string, names: readonly string[]): DrizzleLayout | null {
  // The names come first: a boot at head of a folder of revisions asks for no further file.
  if (names.includes('meta') && existsSync(join(folder, 'meta', '_journal.json'))) return 'journal'
  const first = names.find(isMigrationFolder)
  return first !== undefined && existsSync(join(folder, first, 'migration.sql')) ? 'folders' : null
}

/** Whether a name is one that drizzle-kit 1.0 gives to the folder of a migration. */
export function isMigrationFolder(name: string): boolean {
  return /^\d{14}(_[^.]*)?$/.test(name)
}

/**
 * What tells one state of the folder from another, without opening a migration. The journal counts as a whole, since a file
 * may be there before the journal lists it.
 */
export async function drizzleNames(
  folder: string,
  layout: DrizzleLayout,
  names: readonly string[],
): Promise<readonly string[]> {
  if (layout === 'folders') return names.filter(isMigrationFolder).toSorted()
  const journal = await read(join(folder, 'meta', '_journal.json'), 'utf8')
  const text = journal.replaceAll('\r\n', '\n')
  return [createHash('sha256').update(text).digest('hex')]
}
