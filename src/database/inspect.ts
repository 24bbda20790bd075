import { LimbeckError } from '../errors.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { Connection, Row } from './connection.ts'
import { refuseStrangers, type Stranger, strangersColumn } from './own-tables.ts'
import { runOwnTransaction } from './own-transaction.ts'
import { denied } from './read-state.ts'
import { isServerError, serverFacts } from './server-error.ts'
import {
  addHeadOfStatement,
  createTableStatements,
  historyTable,
  progressTable,
  type Tables,
} from './tables.ts'

/** What is in the database, as far as deciding its state needs it. */
export interface Inspection {
  readonly role: string
  readonly schemas: readonly string[]
  readonly has: {
    readonly version: boolean
    readonly history: boolean
    readonly progress: boolean
    /** The history's column that versions before it had not. */
    readonly headOf: boolean
  }
  /** Tables of the target schema that somebody made: no extension members, partitions, version tables. */
  readonly userTables: readonly string[]
  readonly readOnly: boolean
}

const readOnly = `pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`

/** Whether nothing can be changed here: a standby, or a database that is set so. */
export async function isReadOnly({ ask }: Connection): Promise<boolean> {
  const [row] = await ask<{ is: boolean }>(`SELECT ${readOnly} AS is`)
  return row?.is === true
}

/** One look at the catalog; inside the lock it is the truth until the lock is given back. */
export async function inspect(
  connection: Connection,
  tables: Tables,
  targetSchema: string,
): Promise<Inspection> {
  const exists = (name: string, column?: string) =>
    `EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             ${column ? `JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ${quoteLiteral(column)}` : ''}
             WHERE n.nspname = ${quoteLiteral(tables.schema)} AND c.relname = ${quoteLiteral(name)})`
  const [row] = await connection.ask<Inspection & Row & { strangers: readonly Stranger[] | null }>(`
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

/** SQL, of names in pg_catalog: tables of a schema that somebody made, as `c`; behind it further conditions may follow. */
export function userTables(tables: Tables, targetSchema: string): string {
  return `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${quoteLiteral(targetSchema)} AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname NOT IN (${[historyTable, progressTable, tables.version].map(quoteLiteral).join(', ')})
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      AND NOT ${isVersionTable('c.oid')}`
}

/** Any service's version table, Alembic's included: its one column is version_num. */
export function isVersionTable(oid: string): string {
  return `((SELECT array_agg(a.attname) FROM pg_attribute a
            WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped) IS NOT DISTINCT FROM ARRAY['version_num'::name])`
}

/**
 * Creates the schemas and Limbeck's tables where they are missing, and nothing otherwise.
 * Throws LIMBECK_PERMISSION_DENIED with the GRANT that is missing, or when the server is read-only.
 */
export async function ensureTables(
  connection: Connection,
  tables: Tables,
  targetSchema: string,
  inspection: Inspection,
): Promise<void> {
  const statements = ensureStatements(tables, targetSchema, inspection)
  const { role, schemas } = inspection
  if (inspection.readOnly)
    throw new LimbeckError('LIMBECK_PERMISSION_DENIED', 'this server is read-only (a standby?)', {
      hint: 'Migrate on the primary (migrationUrl); here use mode verify or wait.',
    })
  if (statements.length === 0) return
  const grant = schemas.includes(tables.schema)
    ? `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(tables.schema)} TO ${quoteIdentifier(role)};`
    : `CREATE SCHEMA ${quoteIdentifier(tables.schema)} AUTHORIZATION ${quoteIdentifier(role)};`
  await runOwnTransaction(connection, statements).catch(async (error: unknown) => {
    if (isServerError(error) && madeMeanwhile.has(error.code)) {
      const now = await inspect(connection, tables, targetSchema)
      if (ensureStatements(tables, targetSchema, now).length < statements.length)
        return await ensureTables(connection, tables, targetSchema, now)
    }
    throw ownTablesError(tables, denied(error, grant))
  })
}

/**
 * A service with another version table has another lock, and may make the history that both share at the same time: the
 * schema, the table, its type or a column is there then.
 */
const madeMeanwhile = new Set(['42P06', '42P07', '42710', '23505', '42701'])

/** PostgreSQL's answer, and what it was about: no revision has run yet. */
function ownTablesError(tables: Tables, error: unknown): unknown {
  if (!isServerError(error)) return error
  return new LimbeckError(
    'LIMBECK_SERVER_ERROR',
    `could not create Limbeck's own tables (${tables.version}, ${historyTable}, ${progressTable}) in schema ${tables.schema}: ${error.message} (SQLSTATE ${error.code})`,
    {
      hint: 'No revision has run yet. Let a role that may create these tables run `npx limbeck ensure-version`, or print the SQL with `npx limbeck ensure-version --sql`.',
      ...serverFacts(error),
    },
  )
}

/** What `ensureTables` would run. */
export function ensureStatements(
  tables: Tables,
  targetSchema: string,
  inspection: Inspection,
): readonly string[] {
  const { has, schemas } = inspection
  const missingSchemas = [...new Set([targetSchema, tables.schema])].filter(
    (schema) => !schemas.includes(schema),
  )
  return [
    ...missingSchemas.map((schema) => `CREATE SCHEMA ${quoteIdentifier(schema)}`),
    ...createTableStatements(tables, {
      version: !has.version,
      history: !has.history,
      progress: !has.progress,
    }),
    ...(has.history && !has.headOf ? [addHeadOfStatement(tables)] : []),
  ]
}
