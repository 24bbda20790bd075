import { type Blocker, readBlockers } from '../database/blockers.ts'
import { withConnection } from '../database/connection.ts'
import { pause } from '../database/pause.ts'
import { type Session, target } from '../session/session.ts'

/** What work returned, and who was in its way. */
export interface Attempted<T> {
  readonly result: T
  readonly blockedBy: readonly Blocker[]
}

/**
 * Runs `work`, which may wait for another session's lock. From the second `attempt` on it is asked who is in the way, on another
 * connection: a session that waits can ask nothing, and a moment later it cannot be told any more. Never fails of itself.
 */
export async function withBlockers<T>(
  session: Session,
  attempt: number,
  work: () => Promise<T>,
): Promise<Attempted<T>> {
  if (attempt === 0) return { result: await work(), blockedBy: [] }
  const ended = new AbortController()
  const looking = lookUntil(session, ended.signal).catch(() => [])
  try {
    const result = await work()
    ended.abort()
    return { result, blockedBy: await looking }
  } finally {
    ended.abort()
  }
}

async function lookUntil(session: Session, ended: AbortSignal): Promise<readonly Blocker[]> {
  const pid = session.connection.announcedPid()
  const once = {
    ...target(session.config),
    role: undefined,
    connectTimeoutMs: 0,
    signal: undefined,
  }
  return await withConnection(once, 'SELECT 1', async (connection) => {
    let last: readonly Blocker[] = []
    while (!ended.aborted) {
      const found = await readBlockers(connection, pid)
      if (found.length > 0) last = found
      await pause(50, ended, '').catch(() => {})
    }
    return last
  })
}
