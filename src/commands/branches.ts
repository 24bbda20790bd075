import { historyRange } from '../revision/range.ts'
import { type RevisionInfo, type Revisions, revisionInfos } from '../session/revision-info.ts'

/** A revision that several others revise. */
export interface BranchPoint {
  readonly branchPoint: RevisionInfo
  readonly children: readonly RevisionInfo[]
}

/** All branch points, newest first; empty when history is one line. */
export function branches(environment: Revisions): readonly BranchPoint[] {
  const points = new Set(environment.map.branchPoints)
  const ids = historyRange(environment.map, []).filter((id) => points.has(id))
  return revisionInfos(environment, ids).map((branchPoint) => ({
    branchPoint,
    children: revisionInfos(environment, branchPoint.children),
  }))
}
