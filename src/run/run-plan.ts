import { ensureTables } from '../database/ensure-tables.ts'
import type { DatabaseFacts } from '../database/read-facts.ts'
import { readVersionState } from '../database/read-state.ts'
import { debug } from '../debug.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import type { Direction, Step } from '../revision/revision.ts'
import type { Revisions } from '../script/revisions.ts'
import { requireOwnBackend } from '../session/own-backend.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { refuseEdited } from './edited-files.ts'
import { type Prepare, prepareChecked } from './prepare-checked.ts'
import { prepareLedger } from './prepare-ledger.ts'
import { resumeInterrupted } from './resume-interrupted.ts'
import { runSteps } from './run-steps.ts'
import type { AppliedStep } from './step-run.ts'

/** What a run did. */
export interface Ran {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly applied: readonly AppliedStep[]
  /** A step that was interrupted before has been finished first. */
  readonly resumed: boolean
}

/**
 * Plans the steps from the rows; inside the lock, on a connection that it may ask. `undone` steps of it are done already: an
 * upgrade that was interrupted has been undone.
 */
export type Plan = (
  rows: readonly string[],
  session: Session,
  undone: number,
) => readonly Step[] | Promise<readonly Step[]>

export interface RunPlanOptions {
  readonly prepare?: Prepare | undefined
  /** Where the plan leads. Default: `upgrade`. */
  readonly direction?: Direction
}

/** Upgrades to a target. To be called under the lock; throws what planUpgrade(), refuseEdited() and runSteps() throw. */
export function upgradeTo(
  session: Session,
  revisions: Revisions,
  target: string,
  found: DatabaseFacts,
  prepare?: Prepare,
): Promise<Ran> {
  const plan: Plan = (rows) => planUpgrade(revisions.map, rows, target)
  return runPlan(session, revisions, plan, found, { prepare })
}

/**
 * Finishes a step that was interrupted, or undoes it where the plan leads back, and carries out what `plan` says of the rows.
 * Nothing runs while an applied file is edited or a file of the plan is wrong. `found` is what was seen under the lock already.
 */
export async function runPlan(
  session: Session,
  revisions: Revisions,
  plan: Plan,
  { inventory, rows, interrupted, records }: DatabaseFacts,
  { prepare = prepareChecked, direction = 'upgrade' }: RunPlanOptions = {},
): Promise<Ran> {
  const { config, connection } = session
  const from = rows ?? []
  // A step that was interrupted may have been mended; whether it still fits is told when it is resumed.
  await refuseEdited(session, revisions, from, records, interrupted?.revision)
  const makeTables = async () => {
    await prepareLedger(session, revisions, from)
    await ensureTables(connection, config.tables, config.schema, inventory)
  }
  let resumed: readonly AppliedStep[] = []
  if (interrupted) {
    await requireOwnBackend(session)
    await makeTables()
    resumed = await resumeInterrupted(session, revisions, from, interrupted, direction)
  }
  const here = interrupted ? await rowsNow(session) : from
  const undone = direction === 'downgrade' ? resumed.filter(isUndone).length : 0
  const planned = await plan(here, session, undone)
  debug(
    'planned: %j',
    planned.map(({ direction, revision }) => `${direction} ${revision}`),
  )
  const steps = await prepare(session, revisions, here, planned)
  if (planned.some(isOutside(revisions))) await requireOwnBackend(session)
  const isResumed = interrupted !== null
  if (steps.count === 0) return { from, to: here, applied: resumed, resumed: isResumed }
  if (!isResumed) await makeTables()
  const applied = [...resumed, ...(await runSteps(session, steps, { isContinued: isResumed }))]
  return { from, to: steps.rows, applied, resumed: isResumed }
}

/** What the steps would do: the report of a run that left nothing behind. */
export function onPaper(from: readonly string[], steps: readonly CompiledStep[]): Ran {
  const applied = steps.map(({ move, script }) => ({
    ...move.step,
    message: script.message,
    durationMs: 0,
  }))
  return { from, to: steps.at(-1)?.move.rows.toSorted() ?? from, applied, resumed: false }
}

const isOutside =
  ({ scripts }: Revisions) =>
  ({ revision }: Step) =>
    scripts.get(revision)?.transactional === false

const isUndone = ({ direction }: AppliedStep) => direction === 'downgrade'

/** The version rows as they stand. */
async function rowsNow({ config, connection }: Session): Promise<readonly string[]> {
  return (await readVersionState(connection, config.tables)).rows ?? []
}
