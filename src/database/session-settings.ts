import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { Connection } from './connection.ts'

/** Settings of a session by name, with its role and session authorization. */
export type SessionSettings = Readonly<Record<string, string>>

const kept = 'limbeck.session'

/** Of names that are not the body's: Limbeck sets these by itself, and a transaction has its own. */
const othersSettings =
  '^(?:lock_timeout$|tcp_|idle_|client_connection_check_interval|transaction_(?:isolation|read_only|deferrable)$)'

/** An expression. */
const settingsNow = `(SELECT pg_catalog.jsonb_object_agg(s.name, s.setting)
  FROM (SELECT name, setting FROM pg_catalog.pg_settings WHERE source OPERATOR(pg_catalog.=) 'session' AND name OPERATOR(pg_catalog.!~) '${othersSettings}'
    UNION ALL SELECT 'role', pg_catalog.current_setting('role')
    UNION ALL SELECT 'session_authorization', session_user::pg_catalog.text) s)`

/**
 * In a transaction, before Limbeck's own settings: reads what the session has set: a statement, or a function. PostgreSQL
 * does not tell of custom settings.
 */
export const readSettings = `SELECT pg_catalog.set_config('${kept}', ${settingsNow}::pg_catalog.text, true)`

/** What `readSettings` has read, in the same transaction: an expression. */
export const settingsRead = `pg_catalog.current_setting('${kept}')::pg_catalog.jsonb`

/** Gives this session the settings of another that it does not have. */
export async function takeOver({ query }: Connection, wanted: SessionSettings): Promise<void> {
  const [row] = await query<{ found: SessionSettings }>(`SELECT ${settingsNow} AS found`)
  const found = row?.found ?? {}
  const names = [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
    .filter((name) => found[name] !== wanted[name])
    .toSorted((a, b) => rank(a) - rank(b))
  for (const name of names) {
    const value = wanted[name]
    await query(
      value === undefined
        ? `RESET ${name.split('.').map(quoteIdentifier).join('.')}`
        : `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`,
    )
  }
}

/** To set the session's authorization resets its role, which may be no role that may set what is set. */
function rank(name: string): number {
  return ['session_authorization', 'role'].indexOf(name) + 1 || 0
}
