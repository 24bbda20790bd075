import type { Config } from '../config/resolve-config.ts'
import type { Direction } from '../revision/revision.ts'
import { appliedSet } from '../revision/rows.ts'
import { hasCode, type Revisions } from '../script/revisions.ts'
import { requireMigratable } from '../session/require-migratable.ts'
import { type Session, underLock, withSession } from '../session/session.ts'
import { adoptRecorded } from './adopt-ledger.ts'
import { prepareAhead } from './prepare-ahead.ts'
import { compileSteps } from './prepare-steps.ts'
import { rehearse } from './rehearse.ts'
import { onPaper, type Plan, type Ran, runPlan } from './run-plan.ts'
import type { RunKind, RunReport } from './run-report.ts'

/** Connects and carries a plan out as far as `kind` says: what `upgrade` and `downgrade` have in common. */
export async function runCommand(
  config: Config,
  revisions: Revisions,
  direction: Direction,
  plan: Plan,
  kind: Exclude<RunKind, 'sql'>,
): Promise<RunReport> {
  const fetchTypes = hasCode(revisions)
  return await withSession(
    config,
    async (session) => {
      const { ran, waitedMs, stamped } = await run(session, revisions, direction, plan, kind)
      const { from, to, applied } = ran
      const report = { direction, kind, from, to, applied, waitedMs }
      return stamped.length === 0 ? report : { ...report, stamped }
    },
    { fetchTypes },
  )
}

async function run(
  session: Session,
  revisions: Revisions,
  direction: Direction,
  plan: Plan,
  kind: Exclude<RunKind, 'sql'>,
): Promise<{
  readonly ran: Ran
  readonly waitedMs: number
  /** Revisions that a ledger has proven to have run before. */
  readonly stamped: readonly string[]
}> {
  if (kind === 'plan')
    return { ran: await planned(session, revisions, direction, plan), waitedMs: 0, stamped: [] }
  const prepare =
    kind === 'run' && direction === 'upgrade'
      ? await prepareAhead(session, revisions, (rows) => plan(rows, session, 0))
      : undefined
  const { result, waitedMs } = await underLock(session, null, async () => {
    const found = await requireMigratable(session, revisions, direction)
    const { state } = found
    const recorded = state.is === 'recorded' && direction === 'upgrade' ? state : null
    if (kind !== 'run') {
      const ran = await rehearse(session, revisions, plan, found.facts, recorded?.to)
      return { ran, stamped: [] }
    }
    const facts = recorded
      ? await adoptRecorded(session, revisions, { ...found, state: recorded })
      : found.facts
    const ran = await runPlan(session, revisions, plan, facts, { direction, prepare })
    if (recorded === null) return { ran, stamped: [] }
    const before = appliedSet(revisions.map, found.rows)
    const proven = [...appliedSet(revisions.map, recorded.to)]
    return { ran, stamped: proven.filter((id) => !before.has(id)) }
  })
  return { ...result, waitedMs }
}

/** Reads every body, as a run does, but needs no lock. */
async function planned(
  session: Session,
  revisions: Revisions,
  direction: Direction,
  plan: Plan,
): Promise<Ran> {
  const { state, rows } = await requireMigratable(session, revisions, direction)
  const from = state.is === 'recorded' && direction === 'upgrade' ? state.to : rows
  return onPaper(from, await compileSteps(revisions, from, await plan(from, session, 0)))
}
