import { LimbeckError } from '../errors.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { isLock } from './lock-key.ts'

/** Who holds the migration lock, as far as this role may see. */
export interface LockHolder {
  readonly pid: number
  readonly application: string
  /** As which role it is connected. */
  readonly role: string
  /** ISO 8601: since when its connection is open; empty where this role may not see it. */
  readonly since: string
}

export async function holderOf(connection: Connection, key: bigint): Promise<LockHolder | null> {
  const [holder] = await connection.ask<LockHolder & Row>(`
SELECT l.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename::text, '') AS role,
       coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS since
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE ${isLock(key)} AND l.pid IS NOT NULL AND ${isHere}`)
  return holder ?? null
}

/** LIMBECK_LOCK_TIMEOUT with who is in the way: any role that may connect can take the lock, and keep it. */
export async function lockTimeoutError(
  connection: Connection,
  key: bigint,
  waitedMs: number,
): Promise<LimbeckError> {
  const { who, hint } = describe(
    await holderOf(connection, key),
    await preparedHolder(connection, key),
  )
  const message = `${who} held the migration lock for all of ${Math.round(waitedMs / 1000)} s`
  return new LimbeckError('LIMBECK_LOCK_TIMEOUT', message, { hint })
}

const isHere = 'l.database = (SELECT oid FROM pg_database WHERE datname = current_database())'

interface Prepared {
  readonly name: string
  readonly role: string
  readonly since: string
}

/** A prepared transaction keeps its locks without a process, until it is committed or rolled back. */
async function preparedHolder({ ask }: Connection, key: bigint): Promise<Prepared | undefined> {
  const [prepared] = await ask<Prepared & Row>(`
SELECT p.gid AS name, p.owner::text AS role, to_char(p.prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
FROM pg_locks l
JOIN pg_locks t ON t.virtualtransaction = l.virtualtransaction AND t.pid IS NULL AND t.locktype = 'transactionid'
JOIN pg_prepared_xacts p ON p.transaction = t.transactionid
WHERE ${isLock(key)} AND l.pid IS NULL AND ${isHere}`)
  return prepared
}

function describe(holder: LockHolder | null, prepared: Prepared | undefined) {
  if (holder) {
    const { pid, application, role, since } = holder
    const facts = [application, role && `role ${role}`, since && `connected since ${since}`]
    return {
      who: `process ${pid} (${facts.filter((fact) => fact !== '').join(', ')})`,
      hint: `Activity at it with \`SELECT * FROM pg_stat_activity WHERE pid = ${pid}\`; as that role, a superuser or a member of pg_signal_backend end it with \`SELECT pg_terminate_backend(${pid})\`.`,
    }
  }
  if (prepared)
    return {
      who: `the prepared transaction "${prepared.name}" (role ${prepared.role}, since ${prepared.since})`,
      hint: `In this database end it, as that role or a superuser, with \`ROLLBACK PREPARED ${quoteLiteral(prepared.name)}\`.`,
    }
  return { who: 'another process', hint: 'Try again, or raise waitTimeout.' }
}
