import {
  type NewScript,
  type WritingOptions,
  type WrittenRevision,
  writeScript,
} from '../authoring/write-script.ts'
import type { Revisions } from '../script/revisions.ts'

/** What `revision` writes. */
export interface RevisionOptions extends Omit<NewScript, 'head'> {
  /** Parent, or parents. Default: `head`; `base` begins a line of its own. */
  readonly head?: string | readonly string[] | undefined
}

/**
 * Writes one empty revision file. Throws before anything is written: LIMBECK_NOT_A_HEAD without `splice`,
 * LIMBECK_MULTIPLE_HEADS without `head`, and whatever the graph with the new revision would be refused for.
 */
export function revision(
  config: WritingOptions,
  revisions: Revisions,
  { head = 'head', ...options }: RevisionOptions,
): Promise<WrittenRevision> {
  return writeScript(config, revisions, { ...options, head })
}
