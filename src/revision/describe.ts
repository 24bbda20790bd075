import type { RevisionMap } from './revision-map.ts'
import { nodeOf } from './traverse.ts'

/** What is shown of a revision: its links, its labels and its marks. */
export interface RevisionView {
  readonly id: string
  readonly parents: readonly string[]
  /** The revision's own dependencies as ids. */
  readonly dependsOn: readonly string[]
  readonly children: readonly string[]
  /** Labels that reach the revision, sorted. */
  readonly labels: readonly string[]
  /** `effective`: no child, but another revision depends on it, so that `heads` leaves it out. */
  readonly head: 'head' | 'effective' | null
  readonly branchPoint: boolean
  readonly mergePoint: boolean
  /** Whether it is a version row. */
  readonly current: boolean
}

/** Revisions as they are shown, in the order given. Throws LIMBECK_NO_SUCH_REVISION; rows are not looked up. */
export function describeRevisions(
  map: RevisionMap,
  ids: readonly string[],
  rows: readonly string[] = [],
): readonly RevisionView[] {
  const current = new Set(rows)
  return ids.map((id) => {
    const { parents, dependsOn, children, allChildren, labels } = nodeOf(map, id)
    const mayBeHead = children.length === 0 ? 'effective' : null
    const head = allChildren.length === 0 ? 'head' : mayBeHead
    return {
      id,
      parents,
      dependsOn,
      children,
      labels,
      head,
      branchPoint: children.length > 1,
      mergePoint: parents.length > 1,
      current: current.has(id),
    }
  })
}
