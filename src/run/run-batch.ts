import type { Row } from '../database/connection.ts'
import { pipelineTransactions } from '../database/executor.ts'
import { prepareMove, unprepared } from '../database/move-statement.ts'
import { serverErrorIn } from '../database/server-error.ts'
import { debug } from '../debug.ts'
import { isQuiet } from '../script/quiet.ts'
import type { Session } from '../session/session.ts'
import { forgetPrepared, settingsOfStep } from '../session/step-settings.ts'
import type { CompiledStep } from './compile-step.ts'
import { keptLedger } from './ledger-statements.ts'
import { untilUnlocked } from './retry.ts'
import { inTransaction } from './run-transaction.ts'
import { type Entry, moveOfNext, stepEntries } from './step-entries.ts'
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
  /** The statement that records steps is prepared: until a body throws it away inside of a function, or there are event triggers. */
  readonly prepares: boolean
  /** Quiet steps are sent as such, several in a message: until one of these is refused as a whole. */
  readonly joins: boolean
  readonly settings: readonly string[]
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
  // What is written into another tool's ledger is its table's to react to.
  const joins = keptLedger(session.config) === undefined
  let ways: Ways = { prepares: !session.connection.isPooled, joins }
  const failure = await untilUnlocked(
    session,
    () => ({ revision: steps[next]?.script.id }),
    async (lockTimeoutMs, onProgress) => {
      const settings = settingsOfStep(session, lockTimeoutMs)
      const send = async (): Promise<StepFailure | null> => {
        const batch: Batch = { steps, isLast, from: next, lockTimeoutMs, settings, ...ways }
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
          { joins: (at) => isQuietInBatch(batch, batch.from + at) },
        )
        if (!failed) return null
        const at = batch.from + failed.transaction
        const { origin = {} } = transactionOf(session, batch, at)[failed.index] ?? {}
        const failure = { error: failed.error, origin }
        const less = withLess(ways, failure, at > next)
        if (!less) return failure
        ways = less
        await abandon(session)
        return await send()
      }
      return await send()
    },
    () => abandon(session),
  )
  if (!failure) return
  const done = steps.slice(0, next).map(({ script }) => script.id)
  throw stepFailure(failure, [...before, ...done], session.config)
}

const codeIn = ({ error }: StepFailure) => serverErrorIn(error)?.code

type Ways = Pick<Batch, 'prepares' | 'joins'>

/** How to send the rest where it was the way of sending that may have failed; null where it was not. */
function withLess(ways: Ways, failure: StepFailure, isAhead: boolean): Ways | null {
  // The parser has refused a message as a whole: those before the one that is wrong are still to run.
  if (isAhead) return { ...ways, joins: false }
  const isOfMove = failure.origin.own && unprepared.includes(codeIn(failure) ?? '')
  return ways.prepares && isOfMove ? { ...ways, prepares: false } : null
}

/** One step's transaction, told of the step that was sent before it. */
function transactionOf(session: Session, batch: Batch, index: number): readonly Entry[] {
  const { steps, from, isLast, lockTimeoutMs, settings } = batch
  const step = steps[index]
  if (!step) return []
  const after = index > from ? steps[index - 1]?.move.step : undefined
  const isFlushedLater = !(isLast && index === steps.length - 1)
  const isPrepared = isRecordedPrepared(batch, index)
  const isQuiet = isQuietInBatch(batch, index)
  const more = { after, isFlushedLater, lockTimeoutMs, settings, isPrepared, isQuiet }
  const entries = stepEntries(stepRun(session, step, more))
  const end = isQuiet
    ? 'COMMIT'
    : endOf(session, step, 'COMMIT', preparedAfter(session, batch, index))
  return inTransaction(session.connection.begin, entries, end)
}

/**
 * Whether a step is recorded by the prepared statement: one behind another, of a body that neither finds it nor throws it away. Of
 * plain DDL that is known.
 */
function isRecordedPrepared({ steps, from, prepares }: Batch, index: number): boolean {
  const step = index > from && prepares ? steps[index] : undefined
  return step !== undefined && natureOf(step).isPlainDdl
}

/**
 * Whether nothing of a step has to be taken back: its body leaves the session as it is, the prepared statement that records it
 * says that there is no event trigger, and the next step is recorded by that statement too.
 */
function isQuietInBatch(batch: Batch, index: number): boolean {
  const [before, step] = [batch.steps[index - 1], batch.steps[index]]
  if (!batch.joins || !step || !before || step.history.headOf !== undefined) return false
  if (!isRecordedPrepared(batch, index) || !isRecordedPrepared(batch, index + 1)) return false
  return moveOfNext(step.move.changes, before.move.step) !== null && natureOf(step).isQuiet
}

/** What the words of a body tell. */
interface Nature {
  readonly isPlainDdl: boolean
  readonly isQuiet: boolean
}

const natures = new WeakMap<CompiledStep, Nature>()

function natureOf(step: CompiledStep): Nature {
  const known = natures.get(step)
  if (known) return known
  const statements = step.body.kind === 'sql' ? step.body.statements : null
  const nature = {
    isPlainDdl: statements?.every(({ sql }) => isPlainDdl(sql)) ?? false,
    isQuiet: statements !== null && isQuiet(statements),
  }
  natures.set(step, nature)
  return nature
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
