import {
  type NewScript,
  type WritableRevisions,
  type WrittenRevision,
  writeScript,
} from '../authoring/write-script.ts'
import { resolve } from '../revision/resolve.ts'
import { mergeMessage } from '../script/template.ts'

/** What `merge` writes. */
export interface MergeOptions
  extends Pick<NewScript, 'splice' | 'branchLabel' | 'dependsOn' | 'revId' | 'versionPath'> {
  /** Identifiers of what is joined. */
  readonly revisions: string | readonly string[]
  /** Default: `merge a and b`. */
  readonly message?: string | undefined
}

/** Writes one revision file with several parents. Throws as `revision` does, before anything is written. */
export function merge(
  environment: WritableRevisions,
  { revisions, message, ...options }: MergeOptions,
): Promise<WrittenRevision> {
  const parents = resolve(environment.map, revisions)
  return writeScript(environment, {
    ...options,
    head: parents,
    message: message ?? mergeMessage(parents),
  })
}
