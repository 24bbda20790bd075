import type { Row } from '../database/connection.ts'
import { isLockFailure, pipelineTransactions } from '../database/executor.ts'
import { serverErrorIn } from '../database/server-error.ts'
import type { Session } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { backOff, type Entry, inTransaction, stepEntries } from './run-transaction.ts'
import { stepFailure } from './step-error.ts'
import { withBlockers } from './with-blockers.ts'

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
 * Runs `.sql` steps in a transaction each, all of them sent at once. When somebody else's lock is in the way of one, it
 * is rolled back, and after a pause the batch goes on from there. `onDone` is told of each as it is committed, with what
 * the server measured. Throws what stepFailure() makes: the steps before the one that it names are applied, none after.
 */
export async function runBatch(
  session: Session,
  steps: readonly CompiledStep[],
  { applied, isLast }: BatchPlace,
  onDone: (index: number, durationMs: number) => void,
): Promise<void> {
  const { connection, config } = session
  let next = 0
  let attempt = 0
  let start = performance.now()
  while (next < steps.length) {
    const from = next
    const entries = (index: number) => transactionOf(session, steps, index, { from, isLast })
    const onCommit = (at: number, row: Row | undefined) => {
      next = from + at + 1
      attempt = 0
      start = performance.now()
      onDone(next - 1, Number(row?.duration_ms ?? 0))
    }
    const { result: failure, facts } = await withBlockers(session, attempt, () =>
      pipelineTransactions(connection, texts(steps, from, entries), onCommit),
    )
    if (!failure) return
    const { error, index } = failure
    const waitedMs = Math.round(performance.now() - start)
    if (!connection.isLost()) await connection.query('ROLLBACK')
    if (!isLockFailure(error) || config.signal?.aborted || waitedMs > config.lockRetryTimeout) {
      const done = steps.slice(0, next).map(({ script }) => script.id)
      const origin = entries(next)[index]?.origin ?? {}
      throw stepFailure(error, origin, [...applied, ...done], config.signal)
    }
    await backOff(session, attempt++, {
      ...facts,
      revision: steps[next]?.script.id,
      sqlstate: serverErrorIn(error)?.code,
      waitedMs,
    })
  }
}

/** One step's transaction, told of the step that was sent before it. */
function transactionOf(
  session: Session,
  steps: readonly CompiledStep[],
  index: number,
  { from, isLast }: { readonly from: number; readonly isLast: boolean },
): readonly Entry[] {
  const step = steps[index]
  if (!step) return []
  const after = index > from ? steps[index - 1]?.move.step : undefined
  const isFlushedLater = !(isLast && index === steps.length - 1)
  return inTransaction(stepEntries(session, step, { after, isFlushedLater }))
}

function* texts(
  steps: readonly CompiledStep[],
  from: number,
  entries: (index: number) => readonly Entry[],
): Generator<readonly string[]> {
  for (let index = from; index < steps.length; index++)
    yield entries(index).map((entry) => (entry.kind === 'sql' ? entry.sql : ''))
}
