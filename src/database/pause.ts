import { setTimeout as sleep } from 'node:timers/promises'
import { LimbeckError } from '../errors.ts'

/** What wakes is anybody's to send (NOTIFY): it counts only after this, ms. */
const shortest = 100

/** Whole milliseconds of a clock that only goes forward: the wall clock jumps when NTP or a resumed machine sets it. */
export const now = (): number => Math.round(performance.now())

/** Waits, at most until `woken`; an abort ends it with LIMBECK_CANCELLED, saying what was `stopped`. */
export async function pause(
  ms: number,
  signal: AbortSignal | undefined,
  stopped: string,
  woken?: Promise<void>,
): Promise<void> {
  const awake = new AbortController()
  const asleep = performance.now()
  void woken?.then(() => {
    const left = Math.max(0, Math.min(shortest, ms) - (performance.now() - asleep))
    setTimeout(() => awake.abort(), left).unref()
  })
  try {
    const ends = signal ? [signal, awake.signal] : [awake.signal]
    await sleep(ms, undefined, { signal: AbortSignal.any(ends) })
  } catch {
    if (signal?.aborted) throw new LimbeckError('LIMBECK_CANCELLED', stopped)
  }
}
