import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import type { Sql } from 'postgres'
import { LimbeckError } from '../../errors.ts'

/** Type of a parameter that the server is to decide on, as of a literal in quotes. */
const unknownType = 705
/** json, jsonb, date, timestamp, timestamptz, interval: drizzle's columns read these from text. */
const readByDrizzle = new Set([114, 3802, 1082, 1114, 1184, 1186])

interface Column {
  readonly type: number
  readonly parser?: ((text: string) => unknown) & { array?: true }
}

/**
 * Drizzle on a connection that is already in a transaction. Through drizzle's proxy driver: its postgres.js driver would
 * replace the parsers of the client, and with them what plain `sql` on the same connection returns. drizzle-orm is an
 * optional peer: only who asks for the handle needs it. Then throws LIMBECK_LOAD_FAILED without it.
 */
export async function drizzleOn(sql: Sql): Promise<() => PgRemoteDatabase> {
  const driver = await loadDrizzle().catch((cause: unknown) => ({ cause }))
  let handle: PgRemoteDatabase | undefined
  return () => {
    if ('drizzle' in driver) {
      handle ??= drizzleWith(driver, sql)
      return handle
    }
    throw new LimbeckError(
      'LIMBECK_LOAD_FAILED',
      'ctx.db needs drizzle-orm, which is not installed',
      {
        cause: driver.cause,
        hint: 'Install drizzle-orm, or use ctx.sql.',
      },
    )
  }
}

/** What of drizzle-orm runs a revision's queries. */
export type DrizzleDriver = Awaited<ReturnType<typeof loadDrizzle>>

export async function loadDrizzle() {
  const [{ drizzle }, { TransactionRollbackError }] = await Promise.all([
    import('drizzle-orm/pg-proxy'),
    import('drizzle-orm/errors'),
  ])
  return { drizzle, TransactionRollbackError }
}

function drizzleWith(driver: DrizzleDriver, sql: Sql): PgRemoteDatabase {
  const db = driver.drizzle(async (text, params, method) => {
    // Columns have serialised their values: a string must not be serialised again as the json it is meant for.
    const values = params.map((value) =>
      typeof value === 'string' ? sql.typed(value as never, unknownType) : value,
    )
    const query = sql.unsafe(text, values as never[])
    if (method === 'execute') return { rows: [...(await query)] }
    const rows = await query.raw()
    const columns = rows.columns as unknown as readonly Column[]
    return { rows: rows.map((row) => columns.map((column, i) => readValue(column, row[i]))) }
  })
  return withTransactions(db, sql, driver)
}

/** `db.transaction()`, which the proxy driver has not: on the same connection, nested as `sql.begin()` is. */
export function withTransactions(
  db: PgRemoteDatabase,
  sql: Sql,
  { TransactionRollbackError }: Pick<DrizzleDriver, 'TransactionRollbackError'>,
): PgRemoteDatabase {
  const rollback = () => {
    throw new TransactionRollbackError()
  }
  const transaction = (work: (tx: PgRemoteDatabase) => Promise<unknown>) =>
    sql.begin(() => work(Object.assign(Object.create(db), { transaction, rollback })))
  return Object.assign(db, { transaction })
}

function readValue({ type, parser }: Column, value: Uint8Array | null | undefined): unknown {
  if (value === null || value === undefined) return null
  const text = Buffer.from(value).toString()
  if (parser === undefined || readByDrizzle.has(type)) return text
  return parser(parser.array ? text.slice(1) : text)
}
