import type { Connection } from '../database/connection.ts'
import { ensureTables } from '../database/ensure-tables.ts'
import { inSilence } from '../database/holder-settings.ts'
import { parses } from '../database/parses.ts'
import { turnProgress } from '../database/progress-table.ts'
import type { DatabaseFacts } from '../database/read-facts.ts'
import { type Interrupted, readVersionState } from '../database/read-state.ts'
import { debug } from '../debug.ts'
import { LimbeckError } from '../errors.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import type { Direction, Step } from '../revision/revision.ts'
import { appliedSet } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import { splitSql } from '../script/split.ts'
import { requireOwnBackend } from '../session/own-backend.ts'
import type { Session } from '../session/session.ts'
import { type CompiledStep, compileStep } from './compile-step.ts'
import { refuseEdited } from './edited-files.ts'
import { previousEntry } from './ledger-statements.ts'
import { prepareLedger } from './prepare-ledger.ts'
import { type PreparedSteps, preparedFrom, prepareSteps, type ServerHelp } from './prepare-steps.ts'
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

/** Makes steps of a plan, all that may be wrong with their files being told before the first one runs. */
export type Prepare = typeof prepareChecked

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
  const first = interrupted
  if (first) await requireOwnBackend(session)
  if (first) await prepareLedger(session, revisions, from)
  if (first) await ensureTables(connection, config.tables, config.schema, inventory)
  const resumed = first ? await runInterrupted(session, revisions, from, first, direction) : []
  const here = first ? await rowsNow(session) : from
  const undone = direction === 'downgrade' ? resumed.filter(isUndone).length : 0
  const planned = await plan(here, session, undone)
  debug(
    'planned: %j',
    planned.map(({ direction, revision }) => `${direction} ${revision}`),
  )
  const steps = await prepare(session, revisions, here, planned)
  if (planned.some(isOutside(revisions))) await requireOwnBackend(session)
  if (steps.count === 0) return { from, to: here, applied: resumed, resumed: first !== null }
  if (!first) await prepareLedger(session, revisions, from)
  if (!first) await ensureTables(connection, config.tables, config.schema, inventory)
  const applied = [...resumed, ...(await runSteps(session, steps))]
  return { from, to: steps.rows, applied, resumed: first !== null }
}

/** Reads the bodies, with the server at hand. Throws what prepareSteps() throws. */
export async function prepareChecked(
  { connection }: Session,
  revisions: Revisions,
  rows: readonly string[],
  planned: readonly Step[],
): Promise<PreparedSteps> {
  return await prepareSteps(revisions, rows, planned, serverHelp(connection))
}

/** PostgreSQL parses what is simple; while a large text is parsed here, which keeps this process from saying a word, it waits. */
function serverHelp(connection: Connection): ServerHelp {
  return {
    check: (statements) => parses(connection, statements),
    grammar: (sql, source) =>
      sql.length < largeText
        ? splitSql(sql, source)
        : inSilence(connection, sql.length * slowestParse, () => splitSql(sql, source)),
  }
}

/** Characters that the grammar takes longer for than a moment. */
const largeText = 128 * 1024
/** How long the grammar takes for a character on a busy machine, ms. */
const slowestParse = 0.1

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

/**
 * Carries on with the step that was interrupted. A run that leads back does not finish an upgrade first, which may be what
 * cannot be finished: it undoes what has been done of it.
 */
async function runInterrupted(
  session: Session,
  revisions: Revisions,
  rows: readonly string[],
  interrupted: Interrupted,
  direction: Direction,
): Promise<readonly AppliedStep[]> {
  const { revision } = interrupted
  const script = revisions.scripts.get(revision)
  const isApplied = appliedSet(revisions.map, rows).has(revision)
  const isUpgrade = interrupted.direction === 'upgrade'
  if (isApplied || script === undefined || (isUpgrade && direction === 'upgrade'))
    return await runSteps(
      session,
      await prepareSteps(
        revisions,
        rows,
        [resumeStep(revisions, rows, interrupted)],
        serverHelp(session.connection),
      ),
    )
  const step = { revision, direction: 'downgrade' } as const
  const compiled = await compileStep(script, { step, before: rows, rows, changes: [] })
  const undo = { ...compiled, previous: previousEntry(revisions, script) }
  if (isUpgrade) await session.connection.query(turnProgress(session.config.tables))
  return await runSteps(session, preparedFrom([undo]))
}

function resumeStep(
  { map }: Revisions,
  rows: readonly string[],
  { revision, direction }: { readonly revision: string; readonly direction: string },
): Step {
  const isApplied = appliedSet(map, rows).has(revision)
  if (isApplied === (direction === 'downgrade'))
    return { revision, direction: direction as Direction }
  throw new LimbeckError(
    'LIMBECK_VERSION_CONFLICT',
    `the ${direction} of ${revision} was interrupted, but the version rows (${rows.join(', ') || 'none'}) say that ${isApplied ? 'it is applied' : 'it is not applied'}: they were edited by hand`,
    {
      revision,
      revisions: rows,
      hint: `Find out what the database holds, then settle it: \`npx limbeck stamp ${rows.join(' ') || 'base'}\`.`,
    },
  )
}

/** The version rows as they stand. */
export async function rowsNow({ config, connection }: Session): Promise<readonly string[]> {
  return (await readVersionState(connection, config.tables)).rows ?? []
}
