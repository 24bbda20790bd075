import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { BootFinding } from '../config/options.ts'
import type { RecentRevision } from '../database/read-state.ts'
import { hashesOf, hashRevision, normalizeText } from '../script/hash.ts'
import { isFileOf, type RevisionNames } from '../script/revision-files.ts'

/** Bytes beyond which a file is left to the commands: it is read in the turn in which the service begins to serve. */
const largestFile = 256 * 1024

/**
 * Compares the revisions that have run last with their files. All that has run is compared where something is pending, and
 * by `check`; at head no more is read than what takes no time.
 */
export function findEdited(
  recent: readonly RecentRevision[],
  { files }: RevisionNames,
): BootFinding | null {
  const edited = recent.flatMap(({ revision, hash }) => {
    const file = files.find((each) => isFileOf(each, revision))
    return file !== undefined && isEdited(file, hash) ? [{ revision, file }] : []
  })
  if (edited.length === 0) return null
  const shown = edited.map(({ file }) => path.basename(file)).join(', ')
  return {
    code: 'edited-file',
    message: `edited after it was applied: ${shown}`,
    hint: 'Restore the file and put the change into a new revision; if the edit changes nothing that was run, accept it: `npx limbeck stamp heads`.',
    revisions: edited.map(({ revision }) => revision),
  }
}

/** A file that cannot be read is told by what has to read it. */
function isEdited(file: string, hash: string): boolean {
  try {
    if (statSync(file).size > largestFile) return false
    const text = normalizeText(readFileSync(file, 'utf8'))
    const kind = /\.ts$/i.test(file) ? 'ts' : 'sql'
    if (hashRevision(kind, text) === hash) return false
    // What has run as another tool's file is named in the header of the file that was imported from it.
    return !text.includes(hash) && !hashesOf(kind, text).has(hash)
  } catch {
    return false
  }
}
