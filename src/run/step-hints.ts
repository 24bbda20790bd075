import { extensionIn } from '../autogenerate/first-causes.ts'
import type { Blocker } from '../database/blockers.ts'
import { historyName, progressName, type Tables, versionName } from '../database/tables.ts'
import type { Script } from '../script/script.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { Origin } from './origin.ts'

/** The setting of a timeout, by what PostgreSQL says when it has passed. */
const timeouts: readonly (readonly [sqlstate: string, says: RegExp, setting: string])[] = [
  ['57014', /statement timeout/, 'statement_timeout'],
  ['25P04', /./, 'transaction_timeout'],
  ['25P03', /./, 'idle_in_transaction_session_timeout'],
  ['57P05', /./, 'idle_session_timeout'],
]

/** invalid_transaction_termination, active_sql_transaction. */
export const endsTransaction: ReadonlySet<string> = new Set(['2D000', '25001'])

/** What to do where neither the file nor Limbeck's tables are to blame, but other sessions or settings are; else nothing. */
export function environmentHint(
  sqlstate: string,
  reason: string,
  { script }: Origin,
  blockedBy: readonly Blocker[] = [],
): string | undefined {
  const [, , setting] =
    timeouts.find(([state, says]) => state === sqlstate && says.test(reason)) ?? []
  if (setting !== undefined) {
    const set = script?.transactional === false ? 'SET' : 'SET LOCAL'
    return `The revision, the role, the database or the server sets ${setting}. Put \`${set} ${setting} = 0;\` (or a time that is enough) at the beginning of the revision.`
  }
  if (script && endsTransaction.has(sqlstate) && !/before any query/.test(reason))
    return script.transactional
      ? 'It ends a transaction, or cannot run in one, and this revision runs in one. Put it, as a statement of its own, into a revision with `-- transaction: none` in its header.'
      : 'It ends a transaction, or cannot run in one. Put it outside of BEGIN and COMMIT, and call it from no function.'
  if (sqlstate === '55P03') return lockHint(blockedBy)
  if (sqlstate === '40P01' || sqlstate === '40001')
    return 'Other transactions were in the way each time it was tried. Run it again when there is less traffic, or raise lockRetryTimeout.'
  if (sqlstate === '57014')
    return 'Another session has cancelled it. Run it again: what was committed stays, the rest is done then.'
  return undefined
}

/** duplicate_table, duplicate_schema, duplicate_object. */
const alreadyThere: ReadonlySet<string> = new Set(['42P07', '42P06', '42710'])

/** What to do where an extension is missing, or where another tool's migration makes what is there; else nothing. */
export function objectHint(sqlstate: string, reason: string, script?: Script): string | undefined {
  const extension = extensionIn(reason)
  if (extension !== undefined)
    return `The extension ${extension} has it, and is not installed here. Run \`CREATE EXTENSION IF NOT EXISTS "${extension}";\` before, by hand or in an earlier revision.`
  return script?.format === 'drizzle' && alreadyThere.has(sqlstate)
    ? `Where the database has all that this migration makes, tell it so: \`npx limbeck stamp ${script.id}\`. Otherwise correct the file and run it again: the failed step was rolled back.`
    : undefined
}

/** What to do where the server is to blame and has no hint of its own; else nothing. */
export function serverHint(sqlstate: string): string | undefined {
  if (sqlstate === '25006')
    return 'The server is a standby, or the role, the database or the revision makes transactions read-only. Run it again where it may write.'
  if (sqlstate === '42501')
    return 'The migrating role may not do this. Grant it the right, or migrate as a role that has it (migrationUrl).'
  if (sqlstate === '55006') return 'Another session uses it. Run it again when that has ended.'
  if (/^XX/.test(sqlstate))
    return 'PostgreSQL itself has failed, and its log says more. Run it again when that is mended: what was committed stays, the rest is done then.'
  if (/^53|^58/.test(sqlstate))
    return 'The server has run short of something, or its system has failed. Run it again when that is mended: what was committed stays, the rest is done then.'
  return undefined
}

function lockHint(blockedBy: readonly Blocker[]): string {
  const [blocker] = blockedBy
  if (blocker === undefined)
    return "Another session holds a lock on the table. Find it with `SELECT * FROM pg_stat_activity WHERE state <> 'idle'`, and run it again when that has ended; lockRetryTimeout says for how long it is tried."
  if (blocker.isAutovacuum)
    return `An autovacuum (process ${blocker.pid}) is at the table${blocker.preventsWraparound ? ' to prevent wraparound, and does not step aside' : ''}. Run it again when that is done, or end it with \`SELECT pg_terminate_backend(${blocker.pid})\`.`
  return `Process ${blocker.pid} (${blocker.application || 'without a name'}) holds the lock. Look at it with \`SELECT * FROM pg_stat_activity WHERE pid = ${blocker.pid}\`, end it with \`SELECT pg_terminate_backend(${blocker.pid})\`, and run it again.`
}

/** What to do about a failure of Limbeck's own tables. */
export function ownTablesHint(tables: Tables, sqlstate: string, reason = ''): string {
  const [version, history, progress] = [versionName, historyName, progressName].map((name) =>
    name(tables),
  )
  switch (sqlstate) {
    case '42501':
      if (/row-level security/.test(reason))
        return 'Row security keeps the migrating role from writing them. Switch it off (ALTER TABLE … DISABLE ROW LEVEL SECURITY), or give the role a policy. The file is not to blame.'
      return `Give the migrating role its rights on them (GRANT SELECT, INSERT, UPDATE, DELETE ON ${version}, ${history}, ${progress} TO …), or make it their owner. The file is not to blame.`
    case '22001':
      return `The version column is too short for this id. Run: ALTER TABLE ${version} ALTER COLUMN version_num TYPE varchar. The file is not to blame.`
    case '23505':
      return `A sequence may be behind its table after a restore. Run: SELECT setval(pg_get_serial_sequence(${quoteLiteral(historyName(tables))}, 'id'), (SELECT max(id) FROM ${history})). The file is not to blame.`
    case '57014':
      return 'The role, the database or the server sets a statement_timeout that is too short for them. Raise it (ALTER ROLE … SET statement_timeout). The file is not to blame.'
    case '25006':
      return 'The body has made its transaction read-only, or the server is a standby. Remove what sets that (SET TRANSACTION READ ONLY, transaction_read_only): a revision is recorded in its own transaction.'
    default:
      return 'The file is not to blame: the step was rolled back. Correct what keeps these tables from being written, and run it again.'
  }
}
