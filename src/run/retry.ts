import type { Blocker } from '../database/blockers.ts'
import { isLockFailure } from '../database/executor.ts'
import { now, pause } from '../database/pause.ts'
import { serverErrorIn } from '../database/server-error.ts'
import type { Session } from '../session/session.ts'
import { withBlockers } from './with-blockers.ts'

/** What work failed with, after the last try. */
export type WithBlockers<F> = F & { readonly blockedBy?: readonly Blocker[] }

/** Longer than `deadlock_timeout`, after which PostgreSQL sends an autovacuum away that blocks a session, ms. */
const beyondDeadlockTimeoutMs = 100

/**
 * Tries work until no other session is in its way: a lock that is not to be had, a deadlock, a conflict of serializable
 * transactions. Each failure is undone by `undo`, and after a pause it is tried again, within lockRetryTimeout. A queued ALTER
 * so never holds the application's reads up for long. The work is told for how long a statement may wait for a table lock, and tells
 * when part of it is done for good: time and tries are counted from there. Returns what the last try failed with, or null.
 */
export async function untilUnlocked<F extends { readonly error: unknown }>(
  session: Session,
  facts: object | (() => object),
  work: (lockTimeoutMs: number, onProgress: () => void) => Promise<F | null>,
  undo: () => Promise<void>,
): Promise<WithBlockers<F> | null> {
  const { config, connection } = session
  let start = now()
  let lockTimeoutMs = config.lockTimeoutMs
  let attempt = 0
  const onProgress = () => {
    start = now()
    attempt = 0
  }
  while (true) {
    const { result: failure, blockedBy } = await withBlockers(session, attempt, () =>
      work(lockTimeoutMs, onProgress),
    )
    if (!failure) return null
    const { error } = failure
    const waitedMs = now() - start
    if (!connection.isLost()) await undo()
    const found = blockedBy.length > 0 ? { blockedBy } : {}
    const isOver = config.signal?.aborted || waitedMs > config.lockRetryTimeoutMs
    if (!isLockFailure(error) || connection.isLost() || isOver) return { ...failure, ...found }
    lockTimeoutMs = patience(config.lockTimeoutMs, blockedBy)
    await backOff(session, attempt++, {
      ...(typeof facts === 'function' ? facts() : facts),
      ...found,
      sqlstate: serverErrorIn(error)?.code,
      waitedMs,
    })
  }
}

function patience(lockTimeoutMs: number, blockedBy: readonly Blocker[]): number {
  const vacuum = blockedBy.find(({ isAutovacuum }) => isAutovacuum)
  return vacuum
    ? Math.max(lockTimeoutMs, vacuum.deadlockTimeoutMs + beyondDeadlockTimeoutMs)
    : lockTimeoutMs
}

/** 0.5 s, growing to 5 s, with jitter: room for the application between the tries. */
async function backOff(session: Session, attempt: number, facts: object): Promise<void> {
  const { logger, signal } = session.config
  const retryInMs = Math.round(Math.min(500 * 1.5 ** attempt, 5_000) * (0.75 + Math.random() / 2))
  logger.warn({ ...facts, attempt: attempt + 1, retryInMs }, 'a lock is in the way: trying again')
  await pause(retryInMs, signal, 'stopped while waiting for a lock')
}
