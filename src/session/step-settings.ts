import type { Config } from '../config/resolve-config.ts'
import type { Statement } from '../script/script.ts'
import { resetsSettings } from '../script/units.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import { withoutComments } from '../sql/text.ts'
import type { Session } from './session.ts'

/**
 * Puts the target schema first, so that a body's unqualified names land where the models say, bounds the wait for
 * table locks, and has literals read as written. Given at the beginning of a revision: what its body sets then holds.
 */
export function settingsStatement(
  config: Config,
  scope: 'transaction' | 'session',
  lockTimeoutMs = config.lockTimeoutMs,
): string {
  const isLocal = scope === 'transaction'
  const first = quoteLiteral(`${quoteIdentifier(config.schema)}, `)
  // NULL resets it, and returns what the role, the database or the server said when the session began.
  const rest = `pg_catalog.set_config('search_path', NULL, ${isLocal})`
  return `SELECT pg_catalog.set_config('search_path', ${first} OPERATOR(pg_catalog.||) ${rest}, ${isLocal}),
  pg_catalog.set_config('lock_timeout', '${lockTimeoutMs}ms', ${isLocal}), pg_catalog.set_config('standard_conforming_strings', 'on', ${isLocal})`
}

/**
 * The same for a transaction on a connection whose path is known, a command each: PostgreSQL sets a word in a tenth of the time
 * that it takes to compute one.
 */
export function settingsOfStep(
  { config, connection }: Pick<Session, 'config' | 'connection'>,
  lockTimeoutMs = config.lockTimeoutMs,
): readonly string[] {
  const path = namesOfPath(connection.searchPath)
  if (path === null) return [settingsStatement(config, 'transaction', lockTimeoutMs)]
  return [
    `SET LOCAL search_path = ${[config.schema, ...path].map(quoteIdentifier).join(', ')}`,
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    'SET LOCAL standard_conforming_strings = on',
  ]
}

/** The schemas of a `search_path`; null where it is written in a way that only PostgreSQL can read. */
function namesOfPath(path: string | null): readonly string[] | null {
  if (path === null) return null
  const names = path.split(', ').map((name) => /^(?:([a-z_][a-z0-9_$]*)|"([^",]+)")$/.exec(name))
  return names.every((name) => name !== null)
    ? names.map(([, bare, quoted]) => bare ?? quoted ?? '')
    : null
}

/**
 * The statements of a body as they are sent: behind one that takes the settings back to what the role says
 * Limbeck's are given again, for as long as that one holds. With `more`, which goes with them.
 */
export function withSettings(
  config: Config,
  statements: readonly Statement[],
  more: readonly string[] = [],
): readonly { readonly sql: string; readonly statement: Statement }[] {
  return statements.flatMap((statement) => {
    const scope = /^SET\s+LOCAL\b/i.test(withoutComments(statement.sql)) ? 'transaction' : 'session'
    if (!resetsSettings(statement)) return { sql: statement.sql, statement }
    return [statement.sql, settingsStatement(config, scope), ...more].map((sql) => ({
      sql,
      statement,
    }))
  })
}

/**
 * Inside a transaction, before statements of Limbeck's own: whatever role and settings the body has left, they run as
 * the migrating role and see PostgreSQL's own functions only. The commit brings the body's back.
 */
export function ownSettings({ role }: Pick<Config, 'role'>): readonly string[] {
  return [
    'SET LOCAL SESSION AUTHORIZATION DEFAULT',
    `SET LOCAL role ${role === undefined ? 'TO DEFAULT' : `= ${quoteIdentifier(role)}`}`,
    'SET LOCAL standard_conforming_strings = on',
    ...ownSettingsOfQuiet,
  ]
}

/** The same where the body has left role and settings as they were. */
export const ownSettingsOfQuiet: readonly string[] = [
  'SET LOCAL search_path = pg_catalog, pg_temp',
  'SET LOCAL statement_timeout = 0',
]

/** What is deferred to the end of the transaction is checked while the body's own settings hold, as at its COMMIT. */
export const deferredChecks = 'SET CONSTRAINTS ALL IMMEDIATE'

/**
 * After a revision, together with `forgetPrepared`: nothing that its body has set or made for the session is there for the next
 * one. The migration lock stays, and so do plans and whatever the connection was opened with.
 */
export function resetStatements({ role }: Pick<Config, 'role'>): readonly string[] {
  return [
    'RESET SESSION AUTHORIZATION',
    'RESET ALL',
    role === undefined ? 'RESET ROLE' : `SET ROLE ${quoteIdentifier(role)}`,
    'CLOSE ALL',
    'UNLISTEN *',
    'DISCARD TEMP',
    'DISCARD SEQUENCES',
  ]
}

/** In a transaction on a pooler's backend: what was prepared in it, and nothing of other clients. */
export const forgetOwnPrepared = `DO $limbeck$
DECLARE prepared record;
BEGIN
  FOR prepared IN SELECT name FROM pg_prepared_statements WHERE from_sql AND prepare_time >= transaction_timestamp() LOOP
    EXECUTE format('DEALLOCATE %I', prepared.name);
  END LOOP;
END
$limbeck$`

/** On a pooler's backend it would take other clients' statements along. */
export const forgetPrepared = 'DEALLOCATE ALL'
