import { resolve } from '../revision/resolve.ts'
import type { Revisions } from '../script/revisions.ts'
import { type RevisionInfo, revisionInfos } from '../session/revision-info.ts'

export interface ShowOptions {
  /** Any identifier; empty for `base`. */
  readonly target: string
  /** Version rows: what `current` means, see `mentionsCurrent`. Default: `current` is unknown. */
  readonly rows?: readonly string[] | undefined
}

/** What an identifier names. Throws as the graph's `resolve` does. */
export function show(revisions: Revisions, { target, rows }: ShowOptions): readonly RevisionInfo[] {
  return revisionInfos(revisions, resolve(revisions.map, target, rows), rows)
}
