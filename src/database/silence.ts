/** How long the server waits for a word of the holder: of one that runs SQL, and of one whose code may keep Node.js busy. */
export const silence = { sql: '20s', code: '60s' }

/**
 * Has the server wait longer for a word of this session, where a timeout of Limbeck's holds: while a large statement is on
 * its way the server takes the session for idle.
 */
export function allowSilence(ms: number): string {
  return `SELECT pg_catalog.set_config(name, '${60_000 + ms}ms', false)
FROM pg_catalog.unnest('{idle_session_timeout,idle_in_transaction_session_timeout}'::pg_catalog.text[]) AS name
WHERE pg_catalog.current_setting(name) OPERATOR(pg_catalog.=) ANY ('{${silence.sql},1min}'::pg_catalog.text[])`
}
