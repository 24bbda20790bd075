import { buildRevisionMap, type RevisionMap } from '../revision/revision-map.ts'
import { readRevisionNames } from './revision-files.ts'
import type { Script } from './script.ts'
import { readScripts, withFiles } from './script-directory.ts'

/** The scripts of one or several folders and the graph they form. */
export interface ScriptMap {
  /** By id, in load order. */
  readonly scripts: ReadonlyMap<string, Script>
  readonly map: RevisionMap
  /** Of the folders, as readRevisionNames() has it. */
  readonly fingerprint: string
}

/**
 * Reads all heads and builds the graph; both empty for empty folders. Throws what readScripts() and
 * buildRevisionMap() throw, graph errors with the files they speak of.
 */
export async function loadScriptMap(folders: readonly string[]): Promise<ScriptMap> {
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
