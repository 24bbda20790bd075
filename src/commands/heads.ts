import type { Revisions } from '../script/revisions.ts'
import { type RevisionInfo, revisionInfos } from '../session/revision-info.ts'

export interface HeadsOptions {
  /** Leave out heads that another revision depends on. Default: false. */
  readonly resolveDependencies?: boolean | undefined
}

/** The revisions that no other revises, in load order; empty when there are no revisions. */
export function heads(
  revisions: Revisions,
  { resolveDependencies = false }: HeadsOptions = {},
): readonly RevisionInfo[] {
  const { map } = revisions
  return revisionInfos(revisions, resolveDependencies ? map.effectiveHeads : map.heads)
}
