import type { StepHooks } from '../config/options.ts'
import { isLockFailure, pipeline } from '../database/executor.ts'
import { historyStatement } from '../database/history-table.ts'
import { pause } from '../database/pause.ts'
import { serverErrorIn } from '../database/server-error.ts'
import { changeRowsStatement } from '../database/version-table.ts'
import type { Step } from '../revision/revision.ts'
import { type Session, settingsStatement } from '../session/session.ts'
import type { CompiledStep } from './compile-step.ts'
import { createContext } from './context/create-context.ts'
import { ledgerStepStatements } from './ledger-statements.ts'
import { runHook } from './run-step-hook.ts'
import { type Origin, stepFailure } from './step-error.ts'
import { withBlockers } from './with-blockers.ts'

/** One thing to do inside a transaction: a statement to send, or code to run once all before it has succeeded. */
export type Entry =
  | { readonly kind: 'sql'; readonly sql: string; readonly origin: Origin }
  | { readonly kind: 'code'; readonly run: () => Promise<void>; readonly origin: Origin }

/** What of a step its surroundings decide. */
export interface StepSurroundings {
  /** Told how many rows the running backfill has changed. */
  readonly onRows?: (rows: number) => void
  /** The step that was sent right before, of which it is not known whether it took place. */
  readonly after?: Step | undefined
  /** A later commit makes this one durable too: the disk need not be waited for. */
  readonly isFlushedLater?: boolean
}

/** The entries of a step. The rows are swapped first: a step that does not fit them never begins its body. */
export function stepEntries(
  session: Session,
  step: CompiledStep,
  { onRows = () => {}, after, isFlushedLater = false }: StepSurroundings = {},
): readonly Entry[] {
  const { config } = session
  const { script, move } = step
  const origin: Origin = { script, direction: move.step.direction }
  const own = (sql: string): Entry => ({ kind: 'sql', sql, origin })
  return [
    own(settingsStatement(config, 'transaction')),
    ...(isFlushedLater ? [own('SET LOCAL synchronous_commit = off')] : []),
    own(changeRowsStatement(config.tables, move.changes, after)),
    ...ledgerStepStatements(config, script, move.step.direction).map(own),
    ...hookEntries(session, step, 'beforeStep', origin),
    ...bodyEntries(session, step, origin, onRows),
    ...hookEntries(session, step, 'afterStep', origin),
    own(`${historyStatement(config.tables, [step.history], config)}\nRETURNING duration_ms`),
  ]
}

function hookEntries(
  session: Session,
  step: CompiledStep,
  name: keyof StepHooks,
  origin: Origin,
): readonly Entry[] {
  if (!session.config.hooks[name]) return []
  return [{ kind: 'code', run: () => runHook(session, name, step), origin }]
}

/** The body alone: what a `fresh: run` revision does on a database that was just created. */
export function bodyEntries(
  session: Session,
  { script, body }: Pick<CompiledStep, 'script' | 'body'>,
  origin: Origin,
  onRows: (rows: number) => void = () => {},
): readonly Entry[] {
  if (body.kind === 'sql')
    return body.statements.map(({ sql, line }) => ({
      kind: 'sql',
      sql,
      origin: { ...origin, statement: sql, line },
    }))
  const run = async () => {
    await body.run(await createContext(session, { script, inTransaction: true, onRows }))
  }
  return [{ kind: 'code', run, origin }]
}

/**
 * Runs the entries in one transaction. When somebody else's lock is in the way it is rolled back and begun again after a
 * pause, so that a queued ALTER never holds the application's reads up for long. Throws what stepFailure() makes.
 */
export async function runTransaction(
  session: Session,
  entries: readonly Entry[],
  applied: readonly string[],
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<void> {
  const { config } = session
  const whole = inTransaction(entries, end)
  const start = performance.now()
  for (let attempt = 0; ; attempt++) {
    const { result: failure, facts } = await withBlockers(session, attempt, () =>
      runEntries(session, whole),
    )
    if (failure === null) return
    const { error, origin } = failure
    const waitedMs = Math.round(performance.now() - start)
    if (!session.connection.isLost()) await session.connection.query('ROLLBACK')
    if (!isLockFailure(error) || config.signal?.aborted || waitedMs > config.lockRetryTimeout)
      throw stepFailure(error, origin, applied, config.signal)
    await backOff(session, attempt, {
      ...facts,
      revision: origin.script?.id,
      sqlstate: serverErrorIn(error)?.code,
      waitedMs,
    })
  }
}

/** The entries between BEGIN and the end. Statements of one origin need not be told apart: they become one. */
export function inTransaction(
  entries: readonly Entry[],
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): readonly Entry[] {
  const [first, last] = [entries.at(0)?.origin ?? {}, entries.at(-1)?.origin ?? {}]
  const all: readonly Entry[] = [
    { kind: 'sql', sql: 'BEGIN', origin: first },
    ...entries,
    { kind: 'sql', sql: end, origin: last },
  ]
  const merged: Entry[] = []
  for (const entry of all) {
    const before = merged.at(-1)
    const isSame = before?.kind === 'sql' && entry.kind === 'sql' && before.origin === entry.origin
    if (isSame) merged[merged.length - 1] = { ...entry, sql: `${before.sql};\n${entry.sql}` }
    else merged.push(entry)
  }
  return merged
}

/** 0.5 s, growing to 5 s, with jitter: room for the application between the tries. */
export async function backOff(session: Session, attempt: number, facts: object): Promise<void> {
  const { logger, signal } = session.config
  const retryInMs = Math.round(Math.min(500 * 1.5 ** attempt, 5_000) * (0.75 + Math.random() / 2))
  logger.warn({ ...facts, attempt: attempt + 1, retryInMs }, 'a lock is in the way: trying again')
  await pause(retryInMs, signal, 'stopped while waiting for a lock')
}

interface Failure {
  readonly error: unknown
  readonly origin: Origin
}

/** Statements go out together up to the next code, which runs when they have all succeeded. */
async function runEntries(session: Session, entries: readonly Entry[]): Promise<Failure | null> {
  let waiting: Extract<Entry, { kind: 'sql' }>[] = []
  const flush = async (): Promise<Failure | null> => {
    const sent = waiting
    waiting = []
    const failure = await pipeline(
      session.connection,
      sent.map(({ sql }) => sql),
    )
    return failure && { error: failure.error, origin: sent[failure.index]?.origin ?? {} }
  }
  for (const entry of entries) {
    if (entry.kind === 'sql') {
      waiting.push(entry)
      continue
    }
    const failure = (await flush()) ?? (await runCode(entry))
    if (failure) return failure
  }
  return await flush()
}

async function runCode(entry: Extract<Entry, { kind: 'code' }>): Promise<Failure | null> {
  try {
    await entry.run()
    return null
  } catch (error) {
    return { error, origin: entry.origin }
  }
}
