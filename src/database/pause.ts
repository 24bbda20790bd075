import { setTimeout as sleep } from 'node:timers/promises'
import { LimbeckError } from '../errors.ts'

/** Waits, at most until `woken`; an abort ends it with LIMBECK_CANCELLED, saying what was `stopped`. */
export async function pause(
  ms: number,
  signal: AbortSignal | undefined,
  stopped: string,
  woken?: Promise<void>,
): Promise<void> {
  const awake = new AbortController()
  void woken?.then(() => awake.abort())
  try {
    const ends = signal ? [signal, awake.signal] : [awake.signal]
    await sleep(ms, undefined, { signal: AbortSignal.any(ends) })
  } catch {
    if (signal?.aborted) throw new LimbeckError('LIMBECK_CANCELLED', stopped)
  }
}
