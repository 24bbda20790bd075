import type { Connection } from './connection.ts'

/**
 * Runs statements of Limbeck's own in one transaction and one message; rolled back, it throws what PostgreSQL has said. Names are
 * looked up as the session does.
 */
export async function runOwnTransaction(
  connection: Connection,
  statements: readonly string[],
): Promise<void> {
  try {
    await connection.query([...connection.begin, ...statements, 'COMMIT'].join(';\n'))
  } catch (error) {
    if (!connection.isLost()) await connection.query('ROLLBACK')
    throw error
  }
}
