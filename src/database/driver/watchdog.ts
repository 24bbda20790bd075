import { now } from '../pause.ts'
import type { Activity } from './session-activity.ts'

/** How long nothing may be heard before the server is asked, ms. */
const quietLimitMs = 8_000
/** How long the server must have been waiting for us, while we wait for it, ms. */
const idleLimitMs = 5_000
/** How long the server may be out of reach while we wait for it, ms. */
const unreachableLimitMs = 60_000
/** How long an abort waits for the server's answer, ms. */
const stopLimitMs = 10_000

/** A connection as its watchdog sees it. */
export interface Watched {
  /** Signs of life: anything else than before means that bytes came in, or that some are on their way out. */
  readonly heard: () => string
  /** For how long what was sent may keep the line busy without a sign of it, ms. */
  readonly upload: () => number
  /** Queries that were sent and are not answered. */
  readonly inFlight: () => number
  /** Asks the server on another connection. Rejects when it cannot be reached. */
  readonly activity: () => Promise<Activity>
  /** Sends something harmless. */
  readonly knock: () => void
  /** Has the server end this session. */
  readonly end: () => Promise<void>
  /** Drops the connection: what waits on it fails. */
  readonly abandon: () => void
}

/**
 * Notices what TCP does not: that an answer will never come, since something between has gone silent without closing
 * anything. A statement may take hours, so nothing is concluded from time alone. Where the session is idle because of
 * a revision's code, it knocks, so that the server does not take it for dead. Returns how to end the watch.
 */
export function watch(watched: Watched, signal: AbortSignal | undefined): () => void {
  const seen = { heard: watched.heard(), at: now(), unreachableSince: 0, asking: false }
  const tick = async () => {
    const heard = watched.heard()
    if (heard !== seen.heard) Object.assign(seen, { heard, at: now(), unreachableSince: 0 })
    if (seen.asking || now() - seen.at < quietLimitMs + watched.upload()) return
    seen.asking = true
    const verdict = await judge(watched, seen)
    seen.asking = false
    if (watched.heard() !== heard) return
    if (verdict === 'lost') watched.abandon()
    else if (verdict === 'knock') watched.knock()
    // The next question is as far away, and what was just sent has that long to be answered.
    seen.at = now()
  }
  const timer = setInterval(tick, 1_000).unref()
  let deadline: NodeJS.Timeout | undefined
  const stop = () => {
    deadline = setTimeout(watched.abandon, stopLimitMs).unref()
  }
  signal?.addEventListener('abort', stop, { once: true })
  return () => {
    clearInterval(timer)
    clearTimeout(deadline)
    signal?.removeEventListener('abort', stop)
  }
}

async function judge(
  { inFlight, activity, end }: Watched,
  seen: { unreachableSince: number },
): Promise<'lost' | 'knock' | 'fine'> {
  const isWaiting = inFlight() > 0
  try {
    const found = await activity()
    seen.unreachableSince = 0
    if (found === 'gone') return 'lost'
    if (!isWaiting) return found === 'busy' ? 'fine' : 'knock'
    if (typeof found === 'string' || found < idleLimitMs) return 'fine'
    await end()
    return 'lost'
  } catch {
    seen.unreachableSince ||= now()
    if (!isWaiting) return 'knock'
    return now() - seen.unreachableSince >= unreachableLimitMs ? 'lost' : 'fine'
  }
}
