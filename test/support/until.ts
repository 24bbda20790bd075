import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from './database.ts'

/** Waits for as long as the test may take: a busy machine is no failure. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10)
}

/** Waits until the query finds a row. */
export function untilFound({ query }: Pick<TestDatabase, 'query'>, asked: string): Promise<void> {
  return until(async () => (await query(asked)).length > 0)
}

/** A session of this database that is in `pg_sleep()`, and so in the statement that a test has made long. */
export const sleeping =
  "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"

/** Ends that session as an administrator would. */
export const endSleeping = (database: Pick<TestDatabase, 'query'>): Promise<void> =>
  untilFound(database, sleeping.replace('SELECT', 'SELECT pg_terminate_backend(pid)'))

/** A statement that goes on once the gate of its database is opened. It waits for no lock, so that no lock_timeout counts. */
export const atGate =
  'DO $$ BEGIN WHILE NOT pg_try_advisory_xact_lock(1) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;'

/** Closes the gate of a database; `open` lets what runs `atGate` go on. */
export async function closeGate(url: string): Promise<{ open(): Promise<void> }> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  onTestFinished(() => sql.end())
  await sql`SELECT pg_advisory_lock(1)`
  return { open: async () => void (await sql`SELECT pg_advisory_unlock(1)`) }
}
