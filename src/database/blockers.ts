import type { Connection, Row } from './connection.ts'

/** A session that is in the way, as far as this role may see; never what it runs: that may hold secrets. */
export interface Blocker {
  readonly pid: number
  readonly application: string | null
  readonly state: string | null
  /** How long its statement has been running (or, when it is idle, is over), ms. */
  readonly queryAgeMs: number | null
  /** How long its transaction has been open, ms. */
  readonly transactionAgeMs: number | null
  /** PostgreSQL's own worker: it steps aside for who waits longer than `deadlockTimeoutMs`. */
  readonly isAutovacuum: boolean
  /** It never steps aside; known only where the role may see what others run. */
  readonly preventsWraparound: boolean
  readonly deadlockTimeoutMs: number
}

/** Whom the session of `pid` is waiting for at this moment; to be asked on another connection. */
export function readBlockers({ ask }: Connection, pid: number): Promise<readonly Blocker[]> {
  const ageOf = (time: string) =>
    `round(extract(epoch FROM clock_timestamp() - a.${time}) * 1000)::float8`
  // To roles without rights on it a worker shows as a session without a user.
  return ask<Blocker & Row>(`
SELECT a.pid, a.application_name AS application, a.state, ${ageOf('query_start')} AS "queryAgeMs", ${ageOf('xact_start')} AS "transactionAgeMs",
  coalesce(a.backend_type = 'autovacuum worker', a.usesysid IS NULL) AS "isAutovacuum",
  coalesce(a.query LIKE '%(to prevent wraparound)%' AND a.usesysid IS NULL, false) AS "preventsWraparound",
  (SELECT setting::float8 FROM pg_settings WHERE name = 'deadlock_timeout') AS "deadlockTimeoutMs"
FROM (SELECT DISTINCT unnest(pg_blocking_pids(${pid})) AS pid) AS blocking JOIN pg_stat_activity a USING (pid)`)
}
