import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { allowSilence, silence } from './silence.ts'

/**
 * What a dead or unreachable holder needs, so that it does not keep the lock: its server ends a session that it hears nothing of, and a
 * statement whose client is gone. A living one knocks (see watch()). Nothing on another backend: a pooler's is shared.
 */
export async function setForHolder(connection: Connection): Promise<void> {
  const taken =
    await connection.ask<Setting>(`SELECT name, set_config(name, value, false) AS value FROM (VALUES
  ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '20s'),
  ('idle_session_timeout', '${silence.sql}'), ('idle_in_transaction_session_timeout', '${silence.sql}'),
  ('client_connection_check_interval', '5s'), ('standard_conforming_strings', 'on')
) AS wanted (name, value)
WHERE pg_backend_pid() = ${connection.announcedPid()} AND (name <> 'client_connection_check_interval' OR version() LIKE '%linux%')`)
  settingsOfHolder.set(connection, taken)
}

interface Setting extends Row {
  readonly name: string
  readonly value: string
}

const settingsOfHolder = new WeakMap<Connection, readonly Setting[]>()

/** Gives the holder's settings again, which RESET ALL has taken back: a command each. */
export function renewHolderSettings(connection: Connection): readonly string[] {
  const settings = settingsOfHolder.get(connection) ?? []
  return settings.map(({ name, value }) => `SET ${name} = ${quoteLiteral(value)}`)
}

/** Before code runs under the lock: from now on its holder may be silent for longer. Nothing where no lock is held. */
export async function allowForCode({ query }: Pick<Connection, 'query'>): Promise<void> {
  // In the middle of a revision: the path is the revision's.
  await query(`SELECT pg_catalog.set_config(name, '${silence.code}', false)
FROM pg_catalog.unnest('{idle_session_timeout,idle_in_transaction_session_timeout}'::pg_catalog.text[]) AS name
WHERE pg_catalog.current_setting(name) OPERATOR(pg_catalog.=) '${silence.sql}'`)
}

/** While `work` keeps this process busy for up to `ms`, the server takes the holder's silence for nothing worse. */
export async function inSilence<T>(
  connection: Connection,
  ms: number,
  work: () => Promise<T>,
): Promise<T> {
  await connection.query(allowSilence(Math.round(ms)), () => {})
  try {
    return await work()
  } finally {
    const settings = renewHolderSettings(connection).join('; ')
    if (settings !== '' && !connection.isLost()) await connection.query(settings)
  }
}
