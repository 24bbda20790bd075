import type { Row } from '../database/connection.ts'
import { pipelineTransactions, type StatementFailure } from '../database/executor.ts'
import { notMoved } from '../database/history-table.ts'
import { ownStates } from '../database/own-states.ts'
import { serverErrorIn } from '../database/server-error.ts'
import { LimbeckError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import type { Origin } from './origin.ts'
import { untilUnlocked } from './retry.ts'
import { type Entry, inTransaction, stepEntries } from './run-transaction.ts'
import { type StepFailure, stepFailure } from './step-error.ts'
import { abandon, endOf } from './step-session.ts'

/** Whether a step may be sent while those before it still run: nothing of it waits for an answer. */
export function canBatch({ config }: Session, { script, body }: CompiledStep): boolean {
  const { beforeStep, afterStep } = config.hooks
  return script.transactional && body.kind === 'sql' && !beforeStep && !afterStep
}

/** Where a batch stands in its run. */
export interface BatchPlace {
  /** Committed before. */
  readonly applied: readonly string[]
  /** No step follows. */
  readonly isLast: boolean
}

/**
 * Runs `.sql` steps in a transaction each, all of them sent at once. When another session's lock is in the way of one, it
 * is rolled back, and after a pause the batch goes on from there. `onDone` is told of each as it is committed, with what
 * the server measured. Throws what stepFailure() makes: the steps before the one that it names are applied, none after.
 */
export async function runBatch(
  session: Session,
  steps: readonly CompiledStep[],
  { applied, isLast }: BatchPlace,
  onDone: (index: number, durationMs: number) => void,
): Promise<void> {
  let next = 0
  const failure = await untilUnlocked(
    session,
    () => ({ revision: steps[next]?.script.id }),
    async ({ lockTimeoutMs, onProgress }) => {
      const from = next
      const entries = (index: number) =>
        transactionOf(session, steps, index, { from, isLast, lockTimeoutMs })
      const onCommit = (at: number, row: Row | undefined) => {
        next = from + at + 1
        onProgress()
        onDone(next - 1, Number(row?.duration_ms ?? 0))
      }
      const texts = textsOf(steps, from, entries)
      const failed = await pipelineTransactions(session.connection, texts, onCommit)
      return failed && named(failed, entries(next)[failed.index]?.origin ?? {})
    },
    () => abandon(session),
  )
  if (!failure) return
  const done = steps.slice(0, next).map(({ script }) => script.id)
  throw stepFailure(failure, [...applied, ...done], session.config)
}

/** A move that has found no row is somebody else's, whatever PostgreSQL calls it. */
function named({ error }: StatementFailure, origin: Origin): StepFailure {
  if (!origin.own || serverErrorIn(error)?.code !== notMoved) return { error, origin }
  const facts = { sqlstate: ownStates.versionConflict, cause: error }
  const message = 'the version row is gone: another process has moved it'
  return { error: new LimbeckError('LIMBECK_VERSION_CONFLICT', message, facts), origin }
}

interface TransactionPlace {
  readonly from: number
  readonly isLast: boolean
  readonly lockTimeoutMs: number
}

/** One step's transaction, told of the step that was sent before it. */
function transactionOf(
  session: Session,
  steps: readonly CompiledStep[],
  index: number,
  { from, isLast, lockTimeoutMs }: TransactionPlace,
): readonly Entry[] {
  const step = steps[index]
  if (!step) return []
  const after = index > from ? steps[index - 1]?.move.step : undefined
  const isFlushedLater = !(isLast && index === steps.length - 1)
  const entries = stepEntries(session, step, { after, isFlushedLater, lockTimeoutMs })
  return inTransaction(session.connection.begin, entries, endOf(session, step))
}

function* textsOf(
  steps: readonly CompiledStep[],
  from: number,
  entries: (index: number) => readonly Entry[],
): Generator<readonly string[]> {
  for (let index = from; index < steps.length; index++)
    yield entries(index).map((entry) => (entry.kind === 'sql' ? entry.sql : ''))
}
