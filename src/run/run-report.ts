import type { ApprovedPlan } from './approved-plan.ts'
import type { RebuiltRevision } from './rebuild-from-history.ts'
import type { AppliedStep } from './step-run.ts'

/** How far a run goes: really, only on paper, or in a transaction that is rolled back. */
export type RunKind = 'run' | 'plan' | 'rehearse' | 'sql'

/** What `upgrade` and `downgrade` are told beside their target; the first that is set counts. */
export interface RunOptions {
  /** Return the script instead of running it; no connection is opened. Default: false. */
  readonly sql?: boolean | undefined
  /** Return the steps that would be run; takes no lock. Default: false. */
  readonly plan?: boolean | undefined
  /** Run everything in one transaction and roll it back. Default: false. */
  readonly rehearse?: boolean | undefined
  /** What is known of a CALL or DO that commits by itself and was interrupted: all of it is `done`, or it may run `again`. */
  readonly interrupted?: 'done' | 'again' | undefined
  /** What a person has approved: anything else throws LIMBECK_PLAN_CHANGED, and nothing is run. Of upgrades. */
  readonly approved?: ApprovedPlan | undefined
}

/** The kind that the options ask for. */
export function runKind({ sql, plan, rehearse }: RunOptions): RunKind {
  if (sql) return 'sql'
  if (plan) return 'plan'
  return rehearse ? 'rehearse' : 'run'
}

/** What `upgrade` and `downgrade` return. */
export interface RunReport {
  readonly direction: 'upgrade' | 'downgrade'
  /** Version rows before, sorted. */
  readonly from: readonly string[]
  /** Version rows after, sorted. */
  readonly to: readonly string[]
  /** Steps of this run, in order; empty when there was nothing to do. */
  readonly applied: readonly AppliedStep[]
  /** Revisions that another tool's ledger has proven to have run before: taken over, and not run. Absent where there are none. */
  readonly stamped?: readonly string[]
  /** Time spent waiting for another process, ms. */
  readonly waitedMs: number
  /** `plan`: nothing was run, `applied` is what would be. `rehearse`: it was run and rolled back. Default: `run`. */
  readonly kind: RunKind
  /** With `sql`: the script for psql; nothing was run. */
  readonly sql?: string
  /** With `fromHistory`: revisions that this build has no file of, newest first, and the SQL that undoes them. */
  readonly rebuilt?: readonly RebuiltRevision[]
  /** Of an upgrade with `plan`: what can be approved, and given to a run as `approved`. */
  readonly plan?: ApprovedPlan
}
