import { dropInvalid, settleConcurrentIndex } from '../database/concurrent-index.ts'
import { isLockFailure, pipeline } from '../database/executor.ts'
import { historyStatement } from '../database/history-table.ts'
import {
  beginProgress,
  endProgress,
  noteCursor,
  noteDone,
  noteStarted,
  readProgress,
  type StepProgress,
  startedAt,
} from '../database/progress-table.ts'
import { serverErrorIn } from '../database/server-error.ts'
import { changeRowsStatement } from '../database/version-table.ts'
import { LimbeckError } from '../errors.ts'
import { hashText } from '../script/hash.ts'
import type { Statement } from '../script/script.ts'
import { type Session, settingsStatement } from '../session/session.ts'
import { type Body, type CompiledStep, recordOfStep } from './compile-step.ts'
import type { Cursors } from './context/backfill.ts'
import { createContext } from './context/create-context.ts'
import { ledgerStepStatements } from './ledger-statements.ts'
import { runHook } from './run-step-hook.ts'
import { backOff } from './run-transaction.ts'
import { type Origin, stepFailure } from './step-error.ts'
import { withBlockers } from './with-blockers.ts'

/**
 * Runs a `transaction: none` step so that it can be cut off anywhere and resumed: what PostgreSQL allows in a transaction
 * commits together with the note that it is done, the rest is noted before it is sent and settled afterwards.
 */
export async function runNontransactional(
  session: Session,
  step: CompiledStep,
  applied: readonly string[],
  onRows: (rows: number) => void,
): Promise<void> {
  const { config, connection } = session
  const { script, move, body } = step
  const origin: Origin = { script, direction: move.step.direction }
  const place: { statement?: Statement } = {}
  try {
    const progress = await enter(session, step)
    await connection.query(settingsStatement(config, 'session'))
    await runHook(session, 'beforeStep', step)
    if (body.kind === 'sql') {
      for (const [index, statement] of body.statements.entries()) {
        place.statement = statement
        if (index >= progress.done.length)
          await runStatement(session, body.statements, index, progress)
      }
      delete place.statement
    } else await runCode(session, step, body, onRows)
    await runHook(session, 'afterStep', step)
    await finish(session, step)
  } catch (error) {
    if (!connection.isLost()) await connection.query('ROLLBACK')
    const { statement } = place
    const at = statement ? { statement: statement.sql, line: statement.line } : {}
    throw stepFailure(error, { ...origin, ...at }, applied, config.signal)
  }
}

/** Begins the step, or takes up the one that was cut off; refuses when what is done is no longer what the file says. */
async function enter({ config, connection }: Session, step: CompiledStep): Promise<StepProgress> {
  const { tables } = config
  const { script, body, move } = step
  const { direction } = move.step
  const found = await readProgress(connection, tables)
  if (found === null) {
    await connection.query(beginProgress(tables, script.id, direction, recordOfStep(step)))
    return { revision: script.id, direction, done: [], started: null, cursors: {} }
  }
  if (found.revision !== script.id || found.direction !== direction)
    throw new LimbeckError(
      'LIMBECK_VERSION_CONFLICT',
      `the ${found.direction} of ${found.revision} was cut off and must be finished first`,
      { revision: found.revision, hint: `Run: limbeck ${found.direction} ${found.revision}` },
    )
  const statements = body.kind === 'sql' ? body.statements : []
  if (found.done.some((hash, index) => hash !== hashOf(statements[index])))
    throw new LimbeckError(
      'LIMBECK_EDITED_REVISION',
      `revision ${script.id} was cut off, and statements that are already done have been edited since`,
      { revision: script.id, hint: 'Restore them; only statements after the failure may change.' },
    )
  config.logger.info(
    { revision: script.id, direction, done: found.done.length, cursors: found.cursors },
    `resuming ${script.id} where it was cut off`,
  )
  return found
}

async function runStatement(
  session: Session,
  statements: readonly Statement[],
  index: number,
  progress: StepProgress,
): Promise<void> {
  const { config, connection } = session
  const statement = statements[index]
  if (!statement) return
  if (config.signal?.aborted)
    throw new LimbeckError('LIMBECK_CANCELLED', 'stopped between two statements')
  const done = noteDone(config.tables, statements.slice(0, index + 1).map(hashOf))
  if (statement.kind.is === 'plain') return await runWithNote(session, statement, done)
  const wasStarted = progress.started === hashOf(statement) && progress.done.length === index
  await runAutocommit(session, statement, wasStarted)
  await connection.query(done)
}

async function runWithNote(session: Session, statement: Statement, note: string): Promise<void> {
  const { config, connection } = session
  const settings = settingsStatement(config, 'transaction')
  const start = performance.now()
  for (let attempt = 0; ; attempt++) {
    const { result: failure, facts } = await withBlockers(session, attempt, () =>
      pipeline(connection, ['BEGIN', settings, statement.sql, note, 'COMMIT']),
    )
    if (failure === null) return
    const waitedMs = Math.round(performance.now() - start)
    if (!isLockFailure(failure.error) || waitedMs > config.lockRetryTimeout) throw failure.error
    await connection.query('ROLLBACK')
    await backOff(session, attempt, {
      ...facts,
      line: statement.line,
      sqlstate: serverErrorIn(failure.error)?.code,
      waitedMs,
    })
  }
}

/** Statements that PostgreSQL refuses in a transaction: sent again only after what the last try left is settled. */
async function runAutocommit(session: Session, statement: Statement, wasStarted: boolean) {
  const { config, connection } = session
  const index = statement.kind.is === 'concurrent-index' ? statement.kind : null
  if (wasStarted && index && (await settleConcurrentIndex(connection, index))) return
  await connection.query(noteStarted(config.tables, hashOf(statement)))
  // A build that waits for old transactions holds nobody up: it may wait as long as they last.
  await connection.query(settingsStatement(config, 'session', index ? 0 : config.lockTimeout))
  try {
    await connection.query(statement.sql)
  } catch (error) {
    if (index && !connection.isLost()) await dropInvalid(connection, index)
    throw error
  }
  await refuseInvalid(session, statement)
}

// IF NOT EXISTS passes over an INVALID index and reports success.
async function refuseInvalid({ connection }: Session, { kind }: Statement): Promise<void> {
  if (kind.is !== 'concurrent-index' || kind.action !== 'create') return
  const dropped = await dropInvalid(connection, kind)
  if (dropped.length > 0)
    throw new LimbeckError(
      'LIMBECK_STEP_FAILED',
      `index ${dropped.join(', ')} was INVALID and is dropped`,
      {
        hint: 'Run it again: it is built again.',
      },
    )
}

async function runCode(
  session: Session,
  { script }: CompiledStep,
  body: Extract<Body, { kind: 'code' }>,
  onRows: (rows: number) => void,
): Promise<void> {
  const { config, connection } = session
  const cursors: Cursors = {
    read: async (name) => (await readProgress(connection, config.tables))?.cursors[name],
    write: (name, cursor) => noteCursor(config.tables, name, cursor),
  }
  await body.run(await createContext(session, { script, inTransaction: false, onRows, cursors }))
}

async function finish(
  { config, connection }: Session,
  { move, history, script }: CompiledStep,
): Promise<void> {
  const { tables } = config
  const failure = await pipeline(connection, [
    'BEGIN',
    ...(move.changes.length > 0 ? [changeRowsStatement(tables, move.changes)] : []),
    ...ledgerStepStatements(config, script, move.step.direction),
    historyStatement(tables, [history], config, startedAt(tables)),
    endProgress(tables),
    'COMMIT',
  ])
  if (failure) throw failure.error
}

function hashOf(statement: Statement | undefined): string {
  return statement ? hashText(statement.sql) : ''
}
