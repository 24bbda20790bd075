import { readPlainRows } from '../database/read-state.ts'
import type { Direction } from '../revision/revision.ts'
import { type Environment, hasCode } from '../session/load-revisions.ts'
import { exclusively, type Session, withSession } from '../session/session.ts'
import { compileSteps } from './prepare-steps.ts'
import { rehearse } from './rehearse.ts'
import { onPaper, type Plan, type Ran, runPlan } from './run-plan.ts'
import type { RunKind, RunReport } from './run-report.ts'

/** Connects and carries a plan out as far as `kind` says: what `upgrade` and `downgrade` have in common. */
export async function runCommand(
  environment: Environment,
  direction: Direction,
  plan: Plan,
  kind: Exclude<RunKind, 'sql'>,
): Promise<RunReport> {
  const fetchTypes = hasCode(environment)
  return await withSession(
    environment.config,
    async (session) => {
      const { ran, waitedMs } = await run(session, environment, plan, kind)
      const { from, to, applied } = ran
      return { direction, kind, from, to, applied, waitedMs }
    },
    { fetchTypes },
  )
}

async function run(
  session: Session,
  environment: Environment,
  plan: Plan,
  kind: Exclude<RunKind, 'sql'>,
): Promise<{ readonly ran: Ran; readonly waitedMs: number }> {
  if (kind === 'plan') return { ran: await planned(session, environment, plan), waitedMs: 0 }
  const carryOut = kind === 'run' ? runPlan : rehearse
  const { result: ran, waitedMs } = await exclusively(session, () =>
    carryOut(session, environment, plan),
  )
  return { ran, waitedMs }
}

/** Reads every body, as a run does, but needs no lock. */
async function planned(session: Session, environment: Environment, plan: Plan): Promise<Ran> {
  const from = await readPlainRows(session.connection, session.config.tables)
  return onPaper(from, await compileSteps(environment, from, await plan(from, session)))
}
