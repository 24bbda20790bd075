import type { Connection } from '../../database/connection.ts'
import { plainSpelling } from '../../database/plain-spelling.ts'

const defaultLockTimeoutMs = 2_000

/**
 * Runs `work` in a transaction that is always rolled back: nothing it does stays. One snapshot serves all its queries, and
 * PostgreSQL words what they read as it does everywhere.
 */
export async function inDiscardedTransaction<T>(
  connection: Connection,
  lockTimeoutMs: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await connection.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE; SET LOCAL lock_timeout = ${lockTimeoutMs ?? defaultLockTimeoutMs}; SET LOCAL jit = off; ${plainSpelling}`,
  )
  try {
    return await work()
  } finally {
    if (!connection.isLost()) await connection.query('ROLLBACK')
  }
}

/** Runs `work` and takes back what it did, whether it succeeds or not. Nests. */
export async function inDiscardedSavepoint<T>(
  connection: Connection,
  work: () => Promise<T>,
): Promise<T> {
  await connection.query('SAVEPOINT limbeck_discarded')
  try {
    return await work()
  } finally {
    if (!connection.isLost())
      await connection.query(
        'ROLLBACK TO SAVEPOINT limbeck_discarded; RELEASE SAVEPOINT limbeck_discarded',
      )
  }
}
