import { historyRange } from '../revision/range.ts'
import type { Revisions } from '../script/revisions.ts'
import { type RevisionInfo, revisionInfos } from '../session/revision-info.ts'

/** A revision that several others revise. */
export interface BranchPoint {
  readonly branchPoint: RevisionInfo
  readonly children: readonly RevisionInfo[]
}

/** All branch points, newest first; empty when history is one line. */
export function branches(revisions: Revisions): readonly BranchPoint[] {
  const points = new Set(revisions.map.branchPoints)
  const ids = historyRange(revisions.map, []).filter((id) => points.has(id))
  return revisionInfos(revisions, ids).map((branchPoint) => ({
    branchPoint,
    children: revisionInfos(revisions, branchPoint.children),
  }))
}
