import type { Config } from '../config/resolve-config.ts'
import { currentRevisions, pendingRevisions, requireHeads } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import { requireKnownRows } from '../session/read-rows.ts'
import { type RevisionInfo, revisionInfos } from '../session/revision-info.ts'

export interface CurrentOptions {
  /** Throw LIMBECK_NOT_AT_HEAD while anything is pending. Default: false. */
  readonly checkHeads?: boolean | undefined
}

/** What `current` returns. */
export interface CurrentReport {
  /** Version rows, sorted. */
  readonly rows: readonly string[]
  /** The tips of what is applied, also where a row is implied by its dependent. */
  readonly revisions: readonly RevisionInfo[]
  readonly atHead: boolean
  /** Revisions still to run. */
  readonly pending: readonly string[]
}

/** Where the database is; makes no table and takes no lock. Throws LIMBECK_NO_SUCH_REVISION for an unknown row. */
export async function current(
  config: Config,
  revisions: Revisions,
  { checkHeads = false }: CurrentOptions = {},
): Promise<CurrentReport> {
  const rows = await requireKnownRows(config, revisions)
  if (checkHeads) requireHeads(revisions.map, rows)
  const pending = pendingRevisions(revisions.map, rows)
  return {
    rows,
    revisions: revisionInfos(revisions, currentRevisions(revisions.map, rows), rows),
    atHead: pending.length === 0,
    pending,
  }
}
