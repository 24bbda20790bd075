import type { Row } from '../database/connection.ts'
import { pipelineTransactions, type StatementFailure } from '../database/executor.ts'
import { notMoved, notPrepared, prepareMove } from '../database/move-statement.ts'
import { ownStates } from '../database/own-states.ts'
import { serverErrorIn } from '../database/server-error.ts'
import { debug } from '../debug.ts'
import { LimbeckError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { forgetPrepared } from '../session/step-settings.ts'
import type { CompiledStep } from './compile-step.ts'
import type { Origin } from './origin.ts'
import { untilUnlocked } from './retry.ts'
import { inTransaction } from './run-transaction.ts'
import { type Entry, stepEntries } from './step-entries.ts'
import { type StepFailure, stepFailure } from './step-error.ts'
import { type RunProgress, stepRun } from './step-run.ts'
import { abandon, endOf } from './step-session.ts'

/** Whether a step may be sent while those before it still run: nothing of it waits for an answer. */
export function canBatch({ config }: Session, { script, body }: CompiledStep): boolean {
  const { beforeStep, afterStep } = config.hooks
  return script.transactional && body.kind === 'sql' && !beforeStep && !afterStep
}

/** A batch under way. */
interface Batch {
  readonly steps: readonly CompiledStep[]
  /** No step follows in the run. */
  readonly isLast: boolean
  /** The first step of the try. */
  readonly from: number
  readonly lockTimeoutMs: number
  /** The statement that records steps is prepared: until a body throws it away inside of a function. */
  readonly prepares: boolean
}

/**
 * Runs `.sql` steps in a transaction each, all of them sent at once. When another session's lock is in the way of one, it
 * is rolled back, and after a pause the batch goes on from there. `onDone` is told of each as it is committed, with what
 * the server measured. Throws what stepFailure() makes: the steps before the one that it names are applied, none after.
 */
export async function runBatch(
  session: Session,
  { total, applied }: RunProgress,
  steps: readonly CompiledStep[],
  onDone: (index: number, durationMs: number) => void,
): Promise<void> {
  const before = applied.map(({ revision }) => revision)
  const isLast = before.length + steps.length === total
  let next = 0
  let prepares = !session.connection.isPooled
  const failure = await untilUnlocked(
    session,
    () => ({ revision: steps[next]?.script.id }),
    async (lockTimeoutMs, onProgress) => {
      const send = async (): Promise<StepFailure | null> => {
        const batch: Batch = { steps, isLast, from: next, lockTimeoutMs, prepares }
        const onCommit = (at: number, row: Row | undefined) => {
          next = batch.from + at + 1
          onProgress()
          onDone(next - 1, Number(row?.duration_ms ?? 0))
        }
        debug('sent: %d revisions from %s', steps.length - next, steps[next]?.script.id)
        const failed = await pipelineTransactions(
          session.connection,
          textsOf(session, batch),
          onCommit,
        )
        return (
          failed && named(failed, transactionOf(session, batch, next)[failed.index]?.origin ?? {})
        )
      }
      const failed = await send()
      if (!prepares || !failed?.origin.own || codeIn(failed) !== notPrepared) return failed
      prepares = false
      await abandon(session)
      return await send()
    },
    () => abandon(session),
  )
  if (!failure) return
  const done = steps.slice(0, next).map(({ script }) => script.id)
  throw stepFailure(failure, [...before, ...done], session.config)
}

const codeIn = ({ error }: StatementFailure | StepFailure) => serverErrorIn(error)?.code

/** A move that has found no row was made by another process, whatever PostgreSQL calls it. */
function named(failed: StatementFailure, origin: Origin): StepFailure {
  const { error } = failed
  if (!origin.own || codeIn(failed) !== notMoved) return { error, origin }
  const facts = { sqlstate: ownStates.versionConflict, cause: error }
  const message = 'the version row is gone: another process has moved it'
  return { error: new LimbeckError('LIMBECK_VERSION_CONFLICT', message, facts), origin }
}

/** One step's transaction, told of the step that was sent before it. */
function transactionOf(session: Session, batch: Batch, index: number): readonly Entry[] {
  const { steps, from, isLast, lockTimeoutMs } = batch
  const step = steps[index]
  if (!step) return []
  const after = index > from ? steps[index - 1]?.move.step : undefined
  const isFlushedLater = !(isLast && index === steps.length - 1)
  const isPrepared = isRecordedPrepared(batch, index)
  const more = { after, isFlushedLater, lockTimeoutMs, isPrepared }
  const entries = stepEntries(stepRun(session, step, more))
  const end = endOf(session, step, 'COMMIT', preparedAfter(session, batch, index))
  return inTransaction(session.connection.begin, entries, end)
}

/**
 * Whether a step is recorded by the prepared statement: one behind another, of a body that neither finds it nor throws it away. Of
 * plain DDL that is known.
 */
function isRecordedPrepared({ steps, from, prepares }: Batch, index: number): boolean {
  const body = index > from && prepares ? steps[index]?.body : undefined
  return body?.kind === 'sql' && body.statements.every(({ sql }) => isPlainDdl(sql))
}

const isPlainDdl = (sql: string) =>
  /^(?:CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE)\b/i.test(sql) &&
  !/\b(?:SELECT|EXECUTE|PREPARE|DEALLOCATE|DISCARD|EXTENSION)\b/i.test(sql)

/** What becomes of prepared statements after a step. */
function preparedAfter({ config }: Session, batch: Batch, index: number): readonly string[] {
  if (!isRecordedPrepared(batch, index + 1)) return [forgetPrepared]
  return isRecordedPrepared(batch, index)
    ? []
    : [forgetPrepared, prepareMove(config.tables, config)]
}

function* textsOf(session: Session, batch: Batch): Generator<readonly string[]> {
  for (let index = batch.from; index < batch.steps.length; index++)
    yield transactionOf(session, batch, index).map((entry) =>
      entry.kind === 'sql' ? entry.sql : '',
    )
}
