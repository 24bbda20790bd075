import type { Config } from '../../config/resolve-config.ts'
import type { GuardedSql } from '../../database/guarded-sql.ts'
import { LimbeckError } from '../../errors.ts'

/** For how long code may go on after an abort, ms: the connection, over which it is rolled back, is kept for a little longer. */
const stopLimitMs = 8_000

/**
 * Runs code of a revision or of a hook to its end, and closes what it has left open. Throws LIMBECK_CANCELLED where it goes on
 * long after an abort: it may wait for what never comes.
 */
export async function runCode(
  { signal }: Pick<Config, 'signal'>,
  { close }: Pick<GuardedSql, 'close'>,
  work: () => unknown,
): Promise<void> {
  let deadline: NodeJS.Timeout | undefined
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    const error = new LimbeckError('LIMBECK_CANCELLED', 'code of the revision did not stop')
    stop = () => {
      deadline = setTimeout(() => reject(error), stopLimitMs)
    }
  })
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    await Promise.race([work(), stopped])
    close()
  } finally {
    clearTimeout(deadline)
    signal?.removeEventListener('abort', stop)
  }
}
