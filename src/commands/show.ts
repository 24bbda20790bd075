import { resolve } from '../revision/resolve.ts'
import { type RevisionInfo, type Revisions, revisionInfos } from '../session/revision-info.ts'

export interface ShowOptions {
  /** Any identifier; empty for `base`. */
  readonly target: string
  /** Version rows: what `current` means, see `mentionsCurrent`. Default: `current` is unknown. */
  readonly rows?: readonly string[] | undefined
}

/** What an identifier names. Throws as the graph's `resolve` does. */
export function show(
  environment: Revisions,
  { target, rows }: ShowOptions,
): readonly RevisionInfo[] {
  return revisionInfos(environment, resolve(environment.map, target, rows), rows)
}
