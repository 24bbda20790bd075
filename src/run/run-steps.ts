import { withConnection } from '../database/connection.ts'
import { flushCommits } from '../database/executor.ts'
import { now, pause } from '../database/pause.ts'
import { LimbeckError } from '../errors.ts'
import { needsNewSession, readDefaults, sessionsFrom } from '../session/new-session.ts'
import { type Session, target } from '../session/session.ts'
import { type CompiledStep, charactersOf } from './compile-step.ts'
import type { PreparedSteps } from './prepare-steps.ts'
import { canBatch, runBatch } from './run-batch.ts'
import { runTransaction } from './run-transaction.ts'
import { stepsInOne } from './step-entries.ts'
import { type AppliedStep, type RunProgress, stepRun } from './step-run.ts'

/**
 * Carries the steps out, a transaction each (or one around all), and logs each. Throws LIMBECK_STEP_FAILED and its kin
 * with `applied`: what was committed before. A run that is continued has done a step already, whose session may be over.
 */
export async function runSteps(
  session: Session,
  steps: PreparedSteps,
  { isContinued = false } = {},
): Promise<readonly AppliedStep[]> {
  const progress: RunProgress = { total: steps.count, applied: [] }
  const sessions = sessionsFrom(session)
  let isOver = isContinued
  try {
    await cancellable(sessions.current, async () => {
      for await (const group of groups(session, steps)) {
        refuseCancelled(session, progress)
        if (isOver) await sessions.renew()
        isOver = await endsSession(sessions.current(), progress, group)
      }
    })
  } catch (error) {
    // What the error names as applied must outlive a crash of the server.
    if (progress.applied.length > 0) await flushCommits(session.connection)
    throw error
  } finally {
    await sessions.end()
  }
  return progress.applied
}

/** What of a run is compiled and sent together at most. */
const batch = { steps: 1_000, characters: 1024 * 1024 }

/** Steps to be sent together; those that must run alone, alone. */
async function* groups(session: Session, steps: PreparedSteps) {
  if (session.config.transaction === 'all') {
    const all: CompiledStep[] = []
    for await (const step of steps.compiled()) all.push(step)
    yield* inOne(all)
    return
  }
  let group: CompiledStep[] = []
  let characters = 0
  for await (const step of steps.compiled()) {
    const alone = !canBatch(session, step)
    if (group.length > 0 && (alone || isFull(group.length, characters))) {
      yield group
      group = []
      characters = 0
    }
    group.push(step)
    characters += charactersOf(step)
    if (alone || needsNext(step)) {
      yield group
      group = []
      characters = 0
    }
  }
  if (group.length > 0) yield group
}

/** Runs the group, and tells whether the next step would begin in another session than this one can be reset to. */
async function endsSession(
  session: Session,
  progress: RunProgress,
  group: readonly CompiledStep[],
): Promise<boolean> {
  const isLast = progress.applied.length + group.length === progress.total
  // Of code it is not known before it runs, nor by its words.
  const isCode = !isLast && group.some(({ body }) => body.kind === 'code')
  const before = isCode ? await readDefaults(session) : ''
  await runGroup(session, progress, group)
  if (isLast) return false
  return group.slice(-1).some(needsNext) || (isCode && (await readDefaults(session)) !== before)
}

const needsNext = ({ body }: CompiledStep) =>
  body.kind === 'sql' && body.statements.some(({ sql }) => needsNewSession(sql))

const isFull = (steps: number, characters: number) =>
  steps >= batch.steps || characters >= batch.characters

async function runGroup(
  session: Session,
  progress: RunProgress,
  group: readonly CompiledStep[],
): Promise<void> {
  const { applied } = progress
  const [first] = group
  if (!first) return
  announce(session, progress, first)
  const before = applied.map(({ revision }) => revision)
  if (session.config.transaction === 'step' && canBatch(session, first)) {
    await runBatch(session, progress, group, (index, durationMs) => {
      done(session, progress, group[index], durationMs)
      announce(session, progress, group[index + 1])
    })
    return
  }
  const start = now()
  if (first.script.transactional) {
    const entries = stepsInOne(session, group, (index, rows) =>
      announce(session, progress, group[index], { index, rows }),
    )
    await runTransaction(session, entries, before)
  } else {
    const onRows = (rows: number) => announce(session, progress, first, { rows })
    const { runAutocommit } = await import('./run-autocommit.ts')
    await runAutocommit(stepRun(session, first, { applied: before, onRows }))
  }
  for (const step of group) done(session, progress, step, now() - start)
}

function announce(
  { config }: Session,
  { total, applied }: RunProgress,
  step: CompiledStep | undefined,
  { index = 0, ...rows }: { readonly index?: number; readonly rows?: number } = {},
): void {
  if (!step) return
  const { revision, direction } = step.move.step
  const position = applied.length + index + 1
  config.onProgress({
    state: 'migrating',
    step: revision,
    direction,
    position,
    total,
    ...rows,
  })
}

function done(
  { config }: Session,
  { total, applied }: RunProgress,
  step: CompiledStep | undefined,
  duration: number,
): void {
  if (!step) return
  const { revision, direction } = step.move.step
  const { message } = step.script
  const durationMs = Math.round(duration)
  applied.push({ revision, direction, message, durationMs })
  config.logger.info(
    { revision, direction, durationMs, position: applied.length, total },
    `${direction} ${revision} (${message}): done in ${durationMs} ms`,
  )
}

export function inOne(steps: readonly CompiledStep[]): readonly (readonly CompiledStep[])[] {
  const outside = steps.find(({ script }) => !script.transactional)
  if (!outside) return [steps]
  throw new LimbeckError(
    'LIMBECK_INVALID_OPTION',
    `revision ${outside.script.id} says transaction: none, and option transaction is "all"`,
    { revision: outside.script.id, hint: 'Use transaction "step".' },
  )
}

function refuseCancelled({ config }: Session, { applied }: RunProgress): void {
  if (!config.signal?.aborted) return
  throw new LimbeckError('LIMBECK_CANCELLED', 'stopped on request, between two steps', {
    applied: applied.map(({ revision }) => revision),
    hint: 'Run it again: what was committed stays, the rest is done then.',
  })
}

/** While `work` runs, an abort cancels the statement that the server is busy with. */
export async function cancellable<T>(session: () => Session, work: () => Promise<T>): Promise<T> {
  const { signal } = session().config
  const ended = new AbortController()
  const cancel = () => void cancelUntil(session(), ended.signal)
  signal?.addEventListener('abort', cancel)
  try {
    return await work()
  } finally {
    signal?.removeEventListener('abort', cancel)
    ended.abort()
  }
}

// Again and again: a request that arrives between two statements has no effect, and more may have been sent already.
async function cancelUntil({ config, connection }: Session, ended: AbortSignal): Promise<void> {
  // What a pooler calls the session is not what the server does: the end of the connection has to do.
  if (connection.isPooled) return
  const statement = `SELECT pg_cancel_backend(${connection.announcedPid()})`
  const once = { ...target(config), connectTimeoutMs: 0, signal: undefined }
  while (!ended.aborted) {
    await withConnection(once, statement, async () => {}).catch((error: unknown) =>
      config.logger.warn({ err: error }, 'could not cancel the running statement'),
    )
    await pause(500, ended, '').catch(() => {})
  }
}
