import { quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { refuseStrangers, type Stranger, strangersColumn } from './own-tables.ts'
import { historyTable, progressTable, type Tables } from './tables.ts'
import { userTables } from './user-tables.ts'

/** What the catalog says is in the database, as far as deciding its state needs it. */
export interface Inventory {
  readonly role: string
  readonly schemas: readonly string[]
  readonly has: {
    readonly version: boolean
    readonly history: boolean
    readonly progress: boolean
    /** The history's column that versions before it had not. */
    readonly headOf: boolean
  }
  /** Tables of the target schema that the service or a person made: no extension members, partitions, version tables. */
  readonly userTables: readonly string[]
  readonly readOnly: boolean
}

const readOnly = `pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`

/** Whether nothing can be changed here: a standby, or a database that is set so. */
export async function isReadOnly({ ask }: Connection): Promise<boolean> {
  const [row] = await ask<{ is: boolean }>(`SELECT ${readOnly} AS is`)
  return row?.is === true
}

/** Reads it in one query; inside the lock it stays true until the lock is given back. */
export async function readInventory(
  connection: Connection,
  tables: Tables,
  targetSchema: string,
): Promise<Inventory> {
  const exists = (name: string, column?: string) =>
    `EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             ${column ? `JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ${quoteLiteral(column)}` : ''}
             WHERE n.nspname = ${quoteLiteral(tables.schema)} AND c.relname = ${quoteLiteral(name)})`
  const [row] = await connection.ask<Inventory & Row & { strangers: readonly Stranger[] | null }>(`
SELECT current_user AS role,
  (SELECT json_agg(nspname) FROM pg_namespace
    WHERE nspname IN (${quoteLiteral(targetSchema)}, ${quoteLiteral(tables.schema)})) AS schemas,
  json_build_object('version', ${exists(tables.version)}, 'history', ${exists(historyTable)},
                    'progress', ${exists(progressTable)}, 'headOf', ${exists(historyTable, 'head_of')}) AS has,
  (SELECT coalesce(json_agg(c.relname ORDER BY c.relname), '[]')
     FROM ${userTables(tables, targetSchema)}) AS "userTables",
  ${readOnly} AS "readOnly", ${strangersColumn(tables)} AS strangers`)
  if (!row) throw new TypeError('a SELECT without FROM gives one row')
  const { strangers, ...found } = row
  // A table of another tool is known by its rows, which are read beside this.
  refuseStrangers(tables, strangers, [''])
  return { ...found, schemas: row.schemas ?? [] }
}
