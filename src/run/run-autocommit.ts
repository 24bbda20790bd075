import type { StepHooks } from '../config/options.ts'
import { pipeline } from '../database/executor.ts'
import { historyStatement } from '../database/history-table.ts'
import { renewHolderSettings } from '../database/holder-settings.ts'
import {
  beginProgress,
  endProgress,
  noteCursor,
  readProgress,
  type StepProgress,
  startedAt,
} from '../database/progress-table.ts'
import { takeOver } from '../database/session-settings.ts'
import { changeRowsStatement } from '../database/version-table.ts'
import { debug } from '../debug.ts'
import { LimbeckError } from '../errors.ts'
import { displayPath } from '../script/display-path.ts'
import type { Statement } from '../script/script.ts'
import { sessionStatements, type Unit, unitsOf } from '../script/units.ts'
import type { Session } from '../session/session.ts'
import { ownSettings, settingsStatement, withSettings } from '../session/step-settings.ts'
import { type Body, type CompiledStep, recordOfStep } from './compile-step.ts'
import type { Cursors } from './context/backfill.ts'
import { ledgerStepStatements } from './ledger-statements.ts'
import type { Origin } from './origin.ts'
import { hashOf, type Position, runUnit, type UnitRun } from './run-unit.ts'
import { stepFailure } from './step-error.ts'
import type { StepRun } from './step-run.ts'
import { abandon, cleanSession } from './step-session.ts'

/**
 * Runs a `transaction: none` step unit by unit, so that it can be interrupted anywhere and resumed. The session is the body's
 * from the first unit to the last: what it sets holds, and is set again where a resume skips it.
 */
export async function runAutocommit(run: StepRun): Promise<void> {
  const { session, step, applied } = run
  const { config, connection } = session
  const { script, move, body } = step
  const position: Position = { own: true }
  try {
    const progress = await enter(session, step)
    position.own = false
    await connection.query(settingsStatement(config, 'session'))
    await hook(session, 'beforeStep', step)
    if (body.kind === 'sql') await runUnits({ ...run, progress, position }, body.statements)
    else await runBody(run, body)
    await hook(session, 'afterStep', step)
    position.own = true
    await finish(session, step)
  } catch (error) {
    await abandon(session)
    const { statement, own, blockedBy } = position
    const origin: Origin = {
      script,
      direction: move.step.direction,
      ...(statement ? { statement: statement.sql, line: statement.line } : {}),
      ...(own ? { own: config.tables } : {}),
    }
    throw stepFailure({ error, origin, ...(blockedBy ? { blockedBy } : {}) }, applied, config)
  }
  await connection.query(cleanSession(session), () => {})
}

/** Begins the step, or resumes the one that was interrupted; refuses when what is done is no longer what the file says. */
async function enter({ config, connection }: Session, step: CompiledStep): Promise<StepProgress> {
  const { tables } = config
  const { script, body, move } = step
  const { direction } = move.step
  const found = await readProgress(connection, tables)
  if (found === null) {
    await connection.query(beginProgress(tables, script.id, direction, recordOfStep(step)))
    return { revision: script.id, direction, done: [], started: null, cursors: {}, settings: null }
  }
  if (found.revision !== script.id || found.direction !== direction)
    throw new LimbeckError(
      'LIMBECK_VERSION_CONFLICT',
      `the ${found.direction} of ${found.revision} was interrupted and must be finished first`,
      {
        revision: found.revision,
        hint: `Run \`npx limbeck ${found.direction} ${found.revision}\`.`,
      },
    )
  const statements = body.kind === 'sql' ? body.statements : []
  if (found.done.some((hash, index) => hash !== hashOf(statements[index])))
    throw new LimbeckError(
      'LIMBECK_EDITED_REVISION',
      `revision ${script.id} was interrupted, and statements that are already done have been edited since`,
      { revision: script.id, hint: 'Restore them; only statements after the failure may change.' },
    )
  config.logger.info(
    { revision: script.id, direction, done: found.done.length, cursors: found.cursors },
    `resuming ${script.id} where it was interrupted`,
  )
  return found
}

async function runUnits(run: UnitRun, statements: readonly Statement[]): Promise<void> {
  const { session, step, progress, position } = run
  const { config } = session
  const units = unitsOf(step.script.file, statements)
  const isDone = ({ first, statements: own }: Unit) => first + own.length <= progress.done.length
  const { connection } = session
  const setBefore = sessionStatements(units.filter(isDone))
  const again = withSettings(config, setBefore, renewHolderSettings(connection))
  for (const { sql, statement } of again) {
    position.statement = statement
    await connection.query(sql, () => {})
  }
  delete position.statement
  // A function may have set what no statement says.
  if (progress.settings) await takeOver(connection, progress.settings)
  for (const unit of units) {
    if (isDone(unit)) continue
    if (config.signal?.aborted)
      throw new LimbeckError('LIMBECK_CANCELLED', 'stopped between two statements')
    position.statement = unit.statements[0]
    // The text may hold a secret: file and line are enough to find it.
    debug('unit: %s, %s:%d', unit.is, displayPath(step.script.file), position.statement?.line)
    await runUnit(run, unit)
  }
  delete position.statement
}

async function hook(session: Session, name: keyof StepHooks, step: CompiledStep): Promise<void> {
  if (!session.config.hooks[name]) return
  await (await import('./run-step-hook.ts')).runHook(session, name, step)
}

async function runBody(run: StepRun, body: Extract<Body, { kind: 'code' }>): Promise<void> {
  const { config, connection } = run.session
  const cursors: Cursors = {
    read: async (name) => (await readProgress(connection, config.tables))?.cursors[name],
    write: (name, cursor) => noteCursor(config.tables, name, cursor),
  }
  const { createContext, runCode } = await import('./context/create-context.ts')
  const { context, close, end } = await createContext(run, cursors)
  try {
    await runCode(config, { close }, () => body.run(context))
  } finally {
    end()
  }
}

async function finish({ config, connection }: Session, step: CompiledStep): Promise<void> {
  const { tables } = config
  const { move, history } = step
  // PostgreSQL reads a message in the encoding that holds when it arrives.
  await connection.query("SET client_encoding = 'UTF8'")
  const failure = await pipeline(connection, [
    'BEGIN READ WRITE',
    ...ownSettings(config),
    ...(move.changes.length > 0 ? [changeRowsStatement(tables, move.changes)] : []),
    ...ledgerStepStatements(config, step),
    historyStatement(tables, [history], config, startedAt(tables)),
    endProgress(tables),
    'COMMIT',
  ])
  if (failure) throw failure.error
}
