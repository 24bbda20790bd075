import { revisionContent, revisionLosses } from '../autogenerate/render.ts'
import { type Changes, type ChangesOptions, findChanges } from '../changes/find-changes.ts'
import type { Config } from '../config/resolve-config.ts'
import type { Operation } from '../schema/operation.ts'
import type { Stage } from '../schema/stages.ts'
import type { Revisions } from '../script/revisions.ts'
import { withSession } from '../session/session.ts'

/** What `diff` finds: what a revision would do, in the order of its files. */
export interface DiffReport {
  readonly changes: readonly {
    /** `online` is for outside a transaction. */
    readonly stage: Stage['kind']
    readonly operations: readonly Operation[]
    readonly sql: string
    /** What it deletes, in words. */
    readonly dataLoss: readonly string[]
  }[]
  /** What could not be compared, and why. */
  readonly warnings: Changes['warnings']
}

/**
 * What leads from the database, in whatever state it is, to the models; no changes when they agree. Writes nothing.
 * Throws LIMBECK_RENAME_QUESTION, LIMBECK_NO_CAST.
 */
export async function diff(
  config: Config,
  revisions: Revisions,
  options: ChangesOptions = {},
): Promise<DiffReport> {
  const { drafts, spelling, warnings } = await withSession(config, (session) =>
    findChanges(session, revisions, options),
  )
  const changes = drafts.map((draft) => ({
    stage: draft.stage,
    operations: draft.upgrade,
    sql: revisionContent(draft, spelling).upgrade,
    dataLoss: revisionLosses(draft),
  }))
  return { changes, warnings }
}
