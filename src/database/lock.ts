import type { Connection } from './connection.ts'
import { setForHolder } from './holder-settings.ts'
import { holderOf, type LockHolder, lockTimeoutError } from './lock-holder.ts'
import { isLock, lockKey } from './lock-key.ts'
import { now, pause } from './pause.ts'
import { isBusy, lockInTransaction, owned, takenError } from './pooled-lock.ts'
import type { Tables } from './tables.ts'

export interface LockOptions<P> {
  /** ms */
  readonly waitTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Asked between tries: what a peer has reached ends the wait without the lock; null where it has not. */
  readonly peer: () => Promise<P | null>
  /** Told once when the wait begins and then about every second. */
  readonly onWait: (holder: LockHolder | null, waitedMs: number) => void
}

/** Who did the work, and what came of it. */
export type Done<P, T> =
  | { readonly by: 'peer'; readonly found: P }
  | { readonly by: 'us'; readonly result: T }

/**
 * Runs `work` under the migration lock of these tables and releases it, unless a peer finishes the work first.
 *
 * It is a session advisory lock on the connection that also does the work, so the lock lives exactly as long as
 * any statement of its holder: a killed client's last statement still keeps the others out until it has ended.
 * It is tried, never waited for: a session that blocks in a lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits
 * for it for ever. Throws LIMBECK_LOCK_TIMEOUT naming the holder, LIMBECK_POOLED_CONNECTION behind a transaction pooler,
 * where the lock would stay on a connection that others use, LIMBECK_CANCELLED, or what `work` throws.
 */
export async function withMigrationLock<P, T>(
  connection: Connection,
  tables: Tables,
  options: LockOptions<P>,
  work: () => Promise<T>,
): Promise<Done<P, T>> {
  const key = lockKey(tables)
  if (connection.isPooled) return await lockEachTransaction(connection, key, options, work)
  // Sent along with the first try: the network may be cut right after it.
  const [, got] = await Promise.all([setForHolder(connection), tryLock(connection, key)])
  const found = got ? null : await waitForLock(connection, key, options)
  if (found !== null) return { by: 'peer', found }
  try {
    return { by: 'us', result: await work() }
  } finally {
    // The end of the session lets it go too: a failure here must not hide what `work` threw.
    if (!connection.isLost()) await release(connection, key).catch(() => {})
  }
}

/** And tells those who wait. */
async function release({ ask }: Connection, key: bigint): Promise<void> {
  await ask(`SELECT pg_advisory_unlock(${key}); NOTIFY ${channelOf(key)}`)
}

/**
 * Asks PostgreSQL to tell this session when the lock is let go; `notified` of the connection waits for it. An idle
 * listener holds no snapshot. False where there is no listening: on a standby.
 */
export async function listenForRelease(connection: Connection, tables: Tables): Promise<boolean> {
  return await listen(connection, lockKey(tables))
}

async function listen({ query, isPooled }: Connection, key: bigint): Promise<boolean> {
  // Whose connection the notice would arrive on is not known there, and it would go on listening.
  if (isPooled) return false
  return await query(`LISTEN ${channelOf(key)}`).then(
    () => true,
    () => false,
  )
}

const channelOf = (key: bigint) => `limbeck_${BigInt.asUintN(64, key).toString(16)}`

/** Whether this session holds the lock; a body may have given it back by a function whose body is not known. */
export async function holdsLock({ query }: Connection, tables: Tables): Promise<boolean> {
  const [row] = await query<{ holds: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND ${isLock(lockKey(tables))}) AS holds`,
  )
  return row?.holds === true
}

/**
 * Gives the lock from one session to another of ours, where it is held. The other stands in line before it is let go, so that
 * a process that tries for it cannot come in between.
 */
export async function handOver(from: Connection, to: Connection, tables: Tables): Promise<void> {
  if (!(await holdsLock(from, tables))) return
  const key = lockKey(tables)
  await setForHolder(to)
  const endless = 'SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;'
  const taken = to.ask(`${endless} SELECT pg_advisory_lock(${key})`)
  taken.catch(() => {})
  // The server waits for it: to ask from here would be a message each time.
  await from.ask(`${endless} DO $limbeck$
BEGIN
  FOR attempt IN 1 .. 10000 LOOP
    IF EXISTS (SELECT FROM pg_locks WHERE pid = ${to.announcedPid()} AND NOT granted) THEN
      PERFORM pg_advisory_unlock(${key});
      RETURN;
    END IF;
    PERFORM pg_sleep(0.001);
  END LOOP;
  RAISE EXCEPTION 'the new session has not asked for the lock';
END
$limbeck$`)
  await taken
}

/** Gives back all advisory locks of the session but this one: what a body has taken ends with it. */
export function releaseOthers(tables: Tables): string {
  const [high, low] = [signed('high'), signed('low')]
  return `DO $limbeck$
DECLARE taken record;
BEGIN
  PERFORM set_config('client_min_messages', 'error', true);
  FOR taken IN SELECT l.classid::bigint AS high, l.objid::bigint AS low, l.objsubid, l.mode = 'ShareLock' AS shared
      FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype = 'advisory' AND NOT (${isLock(lockKey(tables))}) LOOP
    WHILE CASE WHEN taken.objsubid = 1 AND taken.shared THEN pg_advisory_unlock_shared((taken.high << 32) | taken.low)
      WHEN taken.objsubid = 1 THEN pg_advisory_unlock((taken.high << 32) | taken.low)
      WHEN taken.shared THEN pg_advisory_unlock_shared(${high}, ${low})
      ELSE pg_advisory_unlock(${high}, ${low}) END LOOP
    END LOOP;
  END LOOP;
END
$limbeck$`
}

/** An unsigned number as the `int` of the same bits. */
const signed = (column: 'high' | 'low') =>
  `(taken.${column} - CASE WHEN taken.${column} > 2147483647 THEN 4294967296 ELSE 0 END)::int`

async function tryLock(connection: Connection, key: bigint): Promise<boolean> {
  const [row] = await connection.ask<{ got: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS got`)
  return row?.got === true
}

/**
 * Behind a pooler a session's lock would stay on a backend that others use: each transaction takes it for itself, and
 * one that cannot is begun again with all that was decided for it, when the peer that has it is done.
 */
async function lockEachTransaction<P, T>(
  connection: Connection,
  key: bigint,
  options: LockOptions<P>,
  work: () => Promise<T>,
): Promise<Done<P, T>> {
  const start = now()
  connection.beginWith(lockInTransaction(key))
  for (let attempt = 0; ; attempt++) {
    const found = await options.peer()
    if (found !== null) return { by: 'peer', found }
    try {
      const result = await work()
      await giveBack(connection)
      return { by: 'us', result }
    } catch (error) {
      await giveBack(connection)
      if (!isBusy(error) || options.signal?.aborted) throw error
      const waitedMs = now() - start
      if (attempt % 2 === 0) options.onWait(await holderOf(connection, key), waitedMs)
      if (waitedMs > options.waitTimeoutMs) throw await lockTimeoutError(connection, key, waitedMs)
    }
    const ms = askAgain * (0.75 + Math.random() / 2)
    await pause(ms, options.signal, 'stopped while waiting for the migration lock')
  }
}

/** Takes the lock for the session on a backend that a pooler leaves to this client, or fails as a transaction does. */
export async function lockSession(connection: Connection, tables: Tables): Promise<void> {
  owned.add(connection)
  if (!(await tryLock(connection, lockKey(tables)))) throw takenError()
}

/** The pooler gives the backend to others: lock, role and settings end here. */
async function giveBack(connection: Connection): Promise<void> {
  if (!owned.delete(connection) || connection.isLost()) return
  await connection.query('DISCARD ALL').catch(() => {})
}

/** How often a process that waits asks on its own, should no notice come: each time two short queries, ms. */
const askAgain = 500

/** What a peer has reached meanwhile, or null with the lock. */
async function waitForLock<P>(
  connection: Connection,
  key: bigint,
  options: LockOptions<P>,
): Promise<P | null> {
  const start = now()
  await listen(connection, key)
  for (let attempt = 0; ; attempt++) {
    const released = connection.notified()
    // In this order: a lock that is not needed is not taken from those who do.
    const found = await options.peer()
    if (found !== null) return found
    if (await tryLock(connection, key)) return null
    const waitedMs = now() - start
    if (attempt % 2 === 0) options.onWait(await holderOf(connection, key), waitedMs)
    if (waitedMs > options.waitTimeoutMs) throw await lockTimeoutError(connection, key, waitedMs)
    const ms = askAgain * (0.75 + Math.random() / 2)
    await pause(ms, options.signal, 'stopped while waiting for the migration lock', released)
  }
}
