import { historyRange } from '../revision/range.ts'
import type { Revisions } from '../script/revisions.ts'
import { type RevisionInfo, revisionInfos } from '../session/revision-info.ts'

export interface HistoryOptions {
  /** `start:end`, both ends included, either may be empty. Default: everything. */
  readonly range?: string | undefined
  /** Version rows: what `current` in the range means. Default: none. */
  readonly rows?: readonly string[] | undefined
  /** Mark the rows as current. Default: true. */
  readonly indicateCurrent?: boolean | undefined
}

/** Revisions, newest first and each before its ancestors. Throws as the graph's `historyRange` does. */
export function history(
  revisions: Revisions,
  { range, rows = [], indicateCurrent = true }: HistoryOptions = {},
): readonly RevisionInfo[] {
  const ids = historyRange(revisions.map, rows, range)
  return revisionInfos(revisions, ids, indicateCurrent ? rows : [])
}
