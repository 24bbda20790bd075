import { withConnection } from '../database/connection.ts'
import { lockSession } from '../database/lock.ts'
import { requireSession } from '../database/pooled-lock.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { type Session, target } from './session.ts'

/** How long a pooler may take to give a further connection a backend, ms. */
const probeTime = 1_500

/**
 * Before something runs outside transactions: behind a pooler it is proven that the backend is this client's alone, and the
 * lock is taken for the session. Throws LIMBECK_POOLED_CONNECTION where it is shared.
 */
export async function requireOwnBackend({ config, connection }: Session): Promise<void> {
  if (!connection.isPooled) return
  const once = { ...target(config), connectTimeoutMs: 0, signal: undefined }
  const probe = () => {
    const asked = withConnection(once, 'SELECT pg_backend_pid() AS pid', async ({ greeting }) =>
      greeting instanceof Error ? null : Number(greeting[0]?.pid),
    ).catch(() => null)
    const late = new Promise<null>((resolve) => setTimeout(resolve, probeTime, null).unref())
    return Promise.race([asked, late])
  }
  await requireSession(connection, probe)
  await lockSession(connection, config.tables)
  if (config.role !== undefined) await connection.query(`SET ROLE ${quoteIdentifier(config.role)}`)
}
