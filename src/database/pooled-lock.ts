import { LimbeckError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { ownStates } from './own-states.ts'
import { codeOf, serverErrorIn } from './server-error.ts'

const { lockIsTaken, versionConflict } = ownStates

/** Takes the migration lock for the transaction, or fails. */
export function lockInTransaction(key: bigint): string {
  return `DO $limbeck$
BEGIN
  IF NOT pg_catalog.pg_try_advisory_xact_lock(${key}) THEN
    RAISE EXCEPTION USING ERRCODE = '${lockIsTaken}', MESSAGE = 'another process is migrating';
  END IF;
END
$limbeck$`
}

// A peer was there between what was read and what was to be done: its rows, its tables, its lock.
const busy = new Set([lockIsTaken, versionConflict, '42P07', '42P06', '42710', '23505'])

/** The same for a session's lock. */
export function takenError(): Error {
  return Object.assign(new Error('another process is migrating'), { code: lockIsTaken })
}

/** Connections that have their backend for themselves, though a pooler stands between. */
export const owned = new WeakSet<Connection>()

/** Whether a peer was in the way of a transaction, so that reading and deciding again may help. */
export function isBusy(error: unknown): boolean {
  if (error instanceof LimbeckError) {
    const { sqlstate = '', statement } = error.details
    // A statement of a revision that fails does so for a reason of its own.
    return statement === undefined && busy.has(sqlstate)
  }
  return busy.has(serverErrorIn(error)?.code ?? codeOf(error))
}

/**
 * Throws LIMBECK_POOLED_CONNECTION unless the pooler leaves one backend to this client for as long as it is connected
 * (session mode): `probe` asks on a further connection which backend it is given, null where it gets none in time.
 */
export async function requireSession(
  connection: Connection,
  probe: () => Promise<number | null>,
): Promise<void> {
  const own = await backendOf(connection)
  for (let round = 0; round < 3; round++) {
    const [other, mine] = await Promise.all([probe(), backendOf(connection)])
    if (other === own || mine !== own || (await backendOf(connection)) !== own) throw pooled()
  }
}

async function backendOf({ ask }: Connection): Promise<number | undefined> {
  const [row] = await ask<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return row?.pid
}

function pooled(): LimbeckError {
  return new LimbeckError(
    'LIMBECK_POOLED_CONNECTION',
    'the URL leads to a connection pooler that shares its connections, and what is to run outside a transaction needs one of its own',
    {
      hint: 'Set migrationUrl (MIGRATION_DATABASE_URL) to PostgreSQL itself, or to a pool in session mode; the service may keep its pooled url.',
    },
  )
}
