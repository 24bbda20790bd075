import type { Connection } from '../database/connection.ts'
import { ownPath } from '../database/own-path.ts'
import { othersSettings } from '../database/session-settings.ts'

// ALTER DATABASE … SET and ALTER ROLE … SET hold for sessions that begin later. The revisions of one run share a session, and
// are to find what they would find in a session each.

const altered = new WeakSet<Connection>()

/** Whether a statement may change what new sessions begin with. */
export const mayAlterDefaults = (sql: string): boolean =>
  /\bALTER\s+(?:DATABASE|ROLE|USER)\b/i.test(sql)

/** A revision that runs in this session may change what new ones begin with. On a pooler's backend nothing is set to stay. */
export function noteAltered(connection: Connection): void {
  if (!connection.isPooled) altered.add(connection)
}

export const isAltered = (connection: Connection): boolean => altered.has(connection)

const user = '(SELECT oid FROM pg_roles WHERE rolname = session_user)'
const database = '(SELECT oid FROM pg_database WHERE datname = current_database())'

/**
 * Behind RESET: sets what a new session of this role would begin with, a setting or all of them. What the connection itself was
 * opened with stands above that.
 */
export function beginAgain(name?: string): readonly string[] {
  const which = name === undefined ? `d.name !~ '${othersSettings}'` : `d.name = '${name}'`
  return [
    ownPath,
    `SELECT set_config(d.name, d.value, false)
  FROM (SELECT DISTINCT ON (1) split_part(c, '=', 1) AS name, substr(c, strpos(c, '=') + 1) AS value
    FROM pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setrole IN (0, ${user}) AND s.setdatabase IN (0, ${database})
    ORDER BY 1, s.setrole = 0, s.setdatabase = 0) d
  LEFT JOIN pg_settings p ON p.name = d.name
  WHERE ${which} AND d.name NOT IN ('role', 'session_authorization')
    AND (p.name IS NULL OR p.source <> 'client' AND (p.context = 'user'
      OR p.context = 'superuser' AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)))`,
  ]
}
