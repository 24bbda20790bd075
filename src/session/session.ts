import type { Config } from '../config/resolve-config.ts'
import { type Connection, type ConnectionTarget, withConnection } from '../database/connection.ts'
import { type Done, withMigrationLock } from '../database/lock.ts'
import type { LockHolder } from '../database/lock-holder.ts'
import { now } from '../database/pause.ts'
import { denied, type VersionState, versionStateQuery } from '../database/read-state.ts'
import { isServerError, serverFacts } from '../database/server-error.ts'
import { historyTable, progressTable, type Tables } from '../database/tables.ts'
import { debug } from '../debug.ts'
import { LimbeckError } from '../errors.ts'
import { locateSchema } from './locate-schema.ts'

/** One connection and what its first query told. */
export interface Session {
  readonly config: Config
  readonly connection: Connection
  readonly state: VersionState
}

/**
 * Connects, reads the version state in the same round trip, and closes when `work` is done.
 * Throws what withConnection() throws and LIMBECK_PERMISSION_DENIED.
 */
export function withSession<T>(
  config: Config,
  work: (session: Session) => Promise<T>,
  { fetchTypes = false } = {},
): Promise<T> {
  config.onProgress({ state: 'connecting' })
  return withConnection(
    { ...target(config), fetchTypes },
    versionStateQuery(config.tables),
    async (connection) => {
      try {
        const [located, state] = await locateSchema(config, connection)
        debug('connected: schema %s, rows %j', located.schema, state.rows)
        return await work({ config: located, connection, state })
      } catch (error) {
        throw explained(config, error)
      }
    },
  )
}

/** What a session failed with, in words of ours. */
export function explained({ signal, tables }: Config, error: unknown): unknown {
  return signal?.aborted ? cancelled(tables, error) : coded(tables, error)
}

/** A connection that was dropped because a stop was asked for is not lost. */
function cancelled(tables: Tables, error: unknown): unknown {
  if (!(error instanceof LimbeckError) || error.code !== 'LIMBECK_CONNECTION_LOST')
    return coded(tables, error)
  return new LimbeckError(
    'LIMBECK_CANCELLED',
    'stopped on request, without an answer of PostgreSQL',
    {
      cause: error,
      hint: 'Run it again: what was committed stays, the rest is done then.',
    },
  )
}

/** An answer of PostgreSQL that was not expected (a missing right, a full disk) gets a code here at the latest. */
function coded(tables: Tables, error: unknown): unknown {
  const found = denied(error)
  if (!isServerError(found)) return found
  return new LimbeckError(
    'LIMBECK_SERVER_ERROR',
    `PostgreSQL answered: ${found.message} (SQLSTATE ${found.code})`,
    {
      // What a statement of Limbeck's own lacks: the table is there, and is not as Limbeck makes it.
      ...(found.code === UNDEFINED_COLUMN && {
        hint: `If table ${tables.version}, ${historyTable} or ${progressTable} is another program's, give Limbeck's tables a schema of their own: the option versionSchema.`,
      }),
      ...(found.code === QUERY_CANCELED &&
        /statement timeout/.test(found.message) && {
          hint: "The statement is Limbeck's own: the role, the database or the server sets a statement_timeout that is too short for it. Raise it (ALTER ROLE … SET statement_timeout).",
        }),
      ...serverFacts(found),
    },
  )
}

const UNDEFINED_COLUMN = '42703'
const QUERY_CANCELED = '57014'

/** no_active_sql_transaction. */
const noActiveTransaction = '25P01'

/** How this configuration connects. */
export function target(config: Config): ConnectionTarget {
  const { logger } = config
  return {
    url: config.url,
    password: config.password,
    ssl: config.ssl,
    role: config.role,
    applicationName: `limbeck ${config.host}`.slice(0, 63),
    connectTimeoutMs: config.connectTimeoutMs,
    signal: config.signal,
    onNotice: ({ severity, ...notice }) => {
      // To roll back where nothing is open is Limbeck's own doing.
      const isOwn = notice.code === noActiveTransaction
      if (severity === 'WARNING' && !isOwn)
        logger.warn(notice, `PostgreSQL warns: ${notice.message}`)
      else logger.debug(notice, 'PostgreSQL notice')
    },
    onRetry: (facts) => logger.warn(facts, 'PostgreSQL does not answer yet: trying again'),
  }
}

/** What waiting for the lock cost. */
export interface Waited {
  readonly waitedMs: number
}

/**
 * Runs `work` under the migration lock, logging the wait; without a `peer` that may do it instead, it always runs. Throws as
 * withMigrationLock() does.
 */
export function underLock<T>(
  session: Session,
  peer: null,
  work: () => Promise<T>,
): Promise<Extract<Done<never, T>, { readonly by: 'us' }> & Waited>
export function underLock<P, T>(
  session: Session,
  peer: () => Promise<P | null>,
  work: () => Promise<T>,
): Promise<Done<P, T> & Waited>
export async function underLock<P, T>(
  session: Session,
  peer: (() => Promise<P | null>) | null,
  work: () => Promise<T>,
): Promise<Done<P, T> & Waited> {
  const { config, connection } = session
  const start = now()
  let waitedMs = 0
  const onWait = (holder: LockHolder | null, waited: number) => {
    waitedMs = Math.max(waited, 1)
    config.logger.info(
      { holder, waitedMs: waited },
      'waiting for another process that is migrating',
    )
    config.onProgress({ state: 'waiting', holder, waitedMs: waited })
  }
  const { waitTimeoutMs, signal } = config
  const done = await withMigrationLock(
    connection,
    config.tables,
    { waitTimeoutMs, signal, peer: peer ?? (async () => null), onWait },
    async () => {
      if (waitedMs > 0) waitedMs = now() - start
      debug('locked after %d ms', now() - start)
      return await work()
    },
  )
  if (done.by === 'peer') debug('not locked: another process has done it')
  return { ...done, waitedMs: done.by === 'peer' ? now() - start : waitedMs }
}
