import { LimbeckError } from '../errors.ts'
import { buildRevisionMap, type RevisionMap } from '../revision/revision-map.ts'
import { readRevisionNames } from './revision-files.ts'
import type { Script } from './script.ts'
import { readScripts, withFiles } from './script-directory.ts'

/** The revision files of one or several folders and the graph they form. */
export interface Revisions {
  /** By id, in load order. */
  readonly scripts: ReadonlyMap<string, Script>
  readonly map: RevisionMap
  /** Tells these revision files from others by their names; what the history remembers of the head. */
  readonly fingerprint: string
  /** Revisions whose files were rebuilt from the history: what was run is not in them. */
  readonly rebuilt?: ReadonlySet<string>
}

/**
 * Reads all heads and builds the graph; both empty for empty folders. Throws what readScripts() and
 * buildRevisionMap() throw, graph errors with the files they speak of.
 */
export async function loadRevisions(folders: readonly string[]): Promise<Revisions> {
  // Listed before they are read: a file that comes in between is missed by both, and found by the next boot.
  const { fingerprint } = await readRevisionNames(folders)
  const scripts = await readScripts(folders)
  try {
    return {
      scripts: new Map(scripts.map((script) => [script.id, script])),
      map: buildRevisionMap(scripts),
      fingerprint,
    }
  } catch (error) {
    throw withFiles(error, scripts)
  }
}

/** The fingerprint where `rows` are the head of the files: with it in the history the next boot need not read them. */
export function fingerprintAt(
  { map, fingerprint }: Pick<Revisions, 'map' | 'fingerprint'>,
  rows: readonly string[],
): string | undefined {
  return rows.toSorted().join() === map.effectiveHeads.toSorted().join() ? fingerprint : undefined
}

/** Whether any revision is code: its context wants array types, which cost a round trip. */
export function hasCode({ scripts }: Revisions): boolean {
  return [...scripts.values()].some(({ kind }) => kind === 'ts')
}

/** Whether any is a file of another tool, read as it is. */
export function hasForeignFiles({ scripts }: Pick<Revisions, 'scripts'>): boolean {
  return [...scripts.values()].some(({ format }) => format !== undefined)
}

/** Throws LIMBECK_FOLDER_EMPTY when there is no revision at all. */
export function requireRevisions(
  { scripts }: Pick<Revisions, 'scripts'>,
  folders: readonly string[],
): void {
  if (scripts.size > 0) return
  throw new LimbeckError('LIMBECK_FOLDER_EMPTY', `there is no revision in ${folders.join(', ')}`, {
    hint: 'Write the first one: `npx limbeck revision --autogenerate -m "initial schema"`.',
  })
}
