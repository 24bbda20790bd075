import { turnProgress } from '../database/progress-table.ts'
import type { Interrupted } from '../database/read-state.ts'
import { LimbeckError } from '../errors.ts'
import type { Direction, Step } from '../revision/revision.ts'
import { appliedSet } from '../revision/rows.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { compileStep } from './compile-step.ts'
import { previousEntry } from './ledger-statements.ts'
import { prepareChecked } from './prepare-checked.ts'
import { preparedFrom } from './prepare-steps.ts'
import { runSteps } from './run-steps.ts'
import type { AppliedStep } from './step-run.ts'

/**
 * Carries on with the step that was interrupted. A run that leads back does not finish an upgrade first, which may be what
 * cannot be finished: it undoes what has been done of it.
 */
export async function resumeInterrupted(
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
      await prepareChecked(session, revisions, rows, [resumeStep(revisions, rows, interrupted)]),
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
