import type { VersionState } from '../database/read-state.ts'
import type { RevisionNames } from '../script/revision-files.ts'

/**
 * Whether the history says that the rows are the head of exactly these files: the question of every boot, answered
 * without opening one of them. Several heads are refused, which takes the files to say.
 */
export function isHeadOf(
  { rows, interrupted, headOf }: VersionState,
  { fingerprint }: RevisionNames,
): boolean {
  return headOf === fingerprint && rows?.length === 1 && !interrupted
}
