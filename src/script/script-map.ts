import { buildRevisionMap, type RevisionMap } from '../revision/revision-map.ts'
import { fingerprintOf } from './revision-files.ts'
import type { Script } from './script.ts'
import { readScripts, withFiles } from './script-directory.ts'

/** The scripts of one or several folders and the graph they form. */
export interface ScriptMap {
  /** By id, in load order. */
  readonly scripts: ReadonlyMap<string, Script>
  readonly map: RevisionMap
  /** Of the files, as fingerprintOf() has it. */
  readonly fingerprint: string
}

/**
 * Reads all heads and builds the graph; both empty for empty folders. Throws what readScripts() and
 * buildRevisionMap() throw, graph errors with the files they speak of.
 */
export async function loadScriptMap(folders: readonly string[]): Promise<ScriptMap> {
  const scripts = await readScripts(folders)
  try {
    return {
      scripts: new Map(scripts.map((script) => [script.id, script])),
      map: buildRevisionMap(scripts),
      fingerprint: fingerprintOf(scripts.map(({ file }) => file)),
    }
  } catch (error) {
    throw withFiles(error, scripts)
  }
}
