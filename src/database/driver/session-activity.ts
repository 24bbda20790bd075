import { LimbeckError } from '../../errors.ts'
import type { Row } from '../connection-types.ts'
import type { ServerError } from '../server-error.ts'

/**
 * What the server says of a session: for how many ms it has been waiting for its client, `busy` when it works for it,
 * `gone` when it knows no such session, `unknown` when it does not tell.
 */
export type Activity = number | 'busy' | 'gone' | 'unknown'

/** Asks one thing on a connection of its own. */
export type AskElsewhere = (
  statement: string,
) => Promise<{ readonly answer: readonly Row[] | ServerError; readonly announcedPid: number }>

/** Asks the server about the session of `pid`; 0 is one that has not begun. */
export async function readActivity(pid: number, ask: AskElsewhere): Promise<Activity> {
  if (pid === 0) return 'unknown'
  const told = await ask(`SELECT pg_backend_pid() AS "askedPid", a.pid IS NOT NULL AS "isThere",
  CASE WHEN a.state LIKE 'idle%' THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 * 1000 END AS idle
FROM (VALUES (${pid})) AS asked (pid) LEFT JOIN pg_stat_activity a USING (pid)`).catch(refused)
  if (told === null || told.answer instanceof Error) return 'unknown'
  const [row] = told.answer as unknown as readonly {
    readonly askedPid: number
    readonly isThere: boolean
    readonly idle: number | null
  }[]
  // Behind a pooler the pids that clients are told mean nothing to the server.
  if (row?.askedPid !== told.announcedPid) return 'unknown'
  if (!row.isThere) return 'gone'
  return row.idle ?? 'busy'
}

/** A server that answers is within reach, even if it takes no further connection or another password by now. */
function refused(error: unknown): null {
  if (error instanceof LimbeckError && error.details.sqlstate !== undefined) return null
  throw error
}

/** Ends the session of `pid`, which its own client cannot reach any more: its lock goes at once, and not with a timeout. */
export async function endSession(pid: number, ask: AskElsewhere): Promise<void> {
  await ask(`SELECT pg_terminate_backend(${pid})`)
}
