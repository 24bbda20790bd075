import { ensureStatements } from '../database/ensure-tables.ts'
import { now } from '../database/pause.ts'
import type { DatabaseFacts } from '../database/read-facts.ts'
import { changeRowsStatement } from '../database/version-table.ts'
import { LimbeckError } from '../errors.ts'
import { rowChanges } from '../revision/row-changes.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { ensureLedger } from './ledger-statements.ts'
import { compileSteps } from './prepare-steps.ts'
import { onPaper, type Plan, type Ran } from './run-plan.ts'
import { cancellable } from './run-steps.ts'
import { runTransaction } from './run-transaction.ts'
import { type Entry, stepsInOne } from './step-entries.ts'

/**
 * Runs the plan in one transaction and rolls it back: the database is as before, and what would have failed has failed.
 * `adopted` are the rows that another tool's ledger proves, where a run would write them first.
 * Throws LIMBECK_INVALID_OPTION for a statement that PostgreSQL refuses in a transaction, else as a run does.
 */
export async function rehearse(
  session: Session,
  revisions: Revisions,
  plan: Plan,
  { rows, inventory }: DatabaseFacts,
  adopted?: readonly string[],
): Promise<Ran> {
  const { config } = session
  const from = adopted ?? rows ?? []
  const steps = await compileSteps(revisions, from, await plan(from, session, 0))
  for (const step of steps) refuseAutocommit(step)
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin: {} })
  const entries = [
    ...ensureStatements(config.tables, config.schema, inventory).map(own),
    ...ensureLedger(config, revisions, from).map(own),
    ...(adopted ? [changeRowsStatement(config.tables, changesTo(rows ?? [], adopted))] : []).map(
      own,
    ),
    ...stepsInOne(session, steps),
    own('SET CONSTRAINTS ALL IMMEDIATE'),
  ]
  const start = now()
  await cancellable(
    () => session,
    () => runTransaction(session, entries, [], 'ROLLBACK'),
  ).catch((error: unknown) => {
    throw isEnumValueTooNew(error) ? enumValueTooNew(error) : error
  })
  const ran = onPaper(from, steps)
  config.logger.info({ from, to: ran.to, durationMs: now() - start }, 'rehearsed and rolled back')
  return ran
}

const changesTo = (rows: readonly string[], to: readonly string[]) =>
  rowChanges(
    rows.filter((row) => !to.includes(row)),
    to.filter((row) => !rows.includes(row)),
  )

/** The one thing that a rehearsal cannot do and the run can, which commits after each revision. */
function isEnumValueTooNew(error: unknown): error is LimbeckError {
  return error instanceof LimbeckError && error.details.sqlstate === '55P04'
}

function enumValueTooNew({ message, details }: LimbeckError): LimbeckError {
  return new LimbeckError('LIMBECK_INVALID_OPTION', `cannot be rehearsed: ${message}`, {
    ...details,
    hint: `A rehearsal is one transaction, and a new enum value is usable after it is committed. Rehearse up to the revision that adds it, or from there.`,
  })
}

const outside = new Set(['transaction', 'autocommit', 'detach', 'concurrent-index'])

function refuseAutocommit({ script, body, move }: CompiledStep): void {
  const statements = body.kind === 'sql' ? body.statements : []
  const found = statements.find(({ kind }) => outside.has(kind.is))
  if (!found) return
  const before = move.before.join(' ') || 'base'
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `revision ${script.id} (${script.message}) cannot be rehearsed: a statement of it runs outside transactions only`,
    {
      revision: script.id,
      file: script.file,
      line: found.line,
      hint: `Rehearse up to ${before}.`,
    },
  )
}
