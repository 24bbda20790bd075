import { describeRevisions, type RevisionView } from '../revision/describe.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Script } from '../script/script.ts'

/** What a revision is within the graph, in the words of Alembic's output. */
export type RevisionMark = 'head' | 'effective head' | 'current' | 'branchpoint' | 'mergepoint'

/** All that is known of a revision: what `history`, `heads`, `branches`, `show` and `current` return. */
export interface RevisionInfo {
  readonly revision: string
  /** Empty for a base. */
  readonly parents: readonly string[]
  /** Revisions that have this one as a parent. */
  readonly children: readonly string[]
  /** As written: ids or labels. */
  readonly dependsOn: readonly string[]
  /** Branch labels that reach this revision, not only those that it declares. */
  readonly labels: readonly string[]
  readonly message: string
  /** ISO 8601, or null when the file does not say. */
  readonly created: string | null
  /** Absolute path. */
  readonly file: string
  readonly kind: 'sql' | 'ts'
  readonly transactional: boolean
  /** Why it is irreversible, or null. */
  readonly irreversible: string | null
  /** Whether the previous release can serve on this schema, or null. */
  readonly compatible: boolean | null
  /** `current` only where the database was asked. */
  readonly marks: readonly RevisionMark[]
}

/** Revisions with their files, in the order given. Throws LIMBECK_NO_SUCH_REVISION; rows are not looked up. */
export function revisionInfos(
  { map, scripts }: Pick<Revisions, 'map' | 'scripts'>,
  ids: readonly string[],
  rows: readonly string[] = [],
): readonly RevisionInfo[] {
  return describeRevisions(map, ids, rows).flatMap((view) => {
    const script = scripts.get(view.id)
    return script === undefined ? [] : [revisionInfo(view, script)]
  })
}

function revisionInfo(view: RevisionView, script: Script): RevisionInfo {
  return {
    revision: view.id,
    parents: view.parents,
    children: view.children,
    dependsOn: script.dependsOn,
    labels: view.labels,
    message: script.message,
    created: script.created,
    file: script.file,
    kind: script.kind,
    transactional: script.transactional,
    irreversible: script.irreversible,
    compatible: script.compatible,
    marks: marksOf(view),
  }
}

function marksOf({ head, current, branchPoint, mergePoint }: RevisionView): RevisionMark[] {
  return [
    ...(head === 'head' ? (['head'] as const) : []),
    ...(head === 'effective' ? (['effective head'] as const) : []),
    ...(current ? (['current'] as const) : []),
    ...(branchPoint ? (['branchpoint'] as const) : []),
    ...(mergePoint ? (['mergepoint'] as const) : []),
  ]
}
