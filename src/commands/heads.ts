import { type RevisionInfo, type Revisions, revisionInfos } from '../session/revision-info.ts'

export interface HeadsOptions {
  /** Leave out heads that another revision depends on. Default: false. */
  readonly resolveDependencies?: boolean | undefined
}

/** The revisions that no other revises, in load order; empty when there are no revisions. */
export function heads(
  environment: Revisions,
  { resolveDependencies = false }: HeadsOptions = {},
): readonly RevisionInfo[] {
  const { map } = environment
  return revisionInfos(environment, resolveDependencies ? map.effectiveHeads : map.heads)
}
