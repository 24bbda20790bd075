import { LimbeckError } from '../errors.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import type { Connection } from './connection.ts'
import { runOwnTransaction } from './own-transaction.ts'
import { type Inventory, readInventory } from './read-inventory.ts'
import { denied } from './read-state.ts'
import { isServerError, serverFacts } from './server-error.ts'
import {
  addHeadOfStatement,
  createTableStatements,
  historyTable,
  progressTable,
  type Tables,
} from './tables.ts'

/**
 * Creates the schemas and Limbeck's tables where they are missing, and nothing otherwise. What it names it names with its schema:
 * the path is the session's, for the event triggers of the database.
 * Throws LIMBECK_PERMISSION_DENIED with the GRANT that is missing, or when the server is read-only.
 */
export async function ensureTables(
  connection: Connection,
  tables: Tables,
  targetSchema: string,
  inventory: Inventory,
): Promise<void> {
  const statements = ensureStatements(tables, targetSchema, inventory)
  if (inventory.readOnly)
    throw new LimbeckError('LIMBECK_PERMISSION_DENIED', 'this server is read-only (a standby?)', {
      hint: 'Migrate on the primary (migrationUrl); here use mode verify or wait. Where it is the primary, the role or the database sets default_transaction_read_only: `ALTER ROLE … SET default_transaction_read_only = off` for the migrating role.',
    })
  if (statements.length === 0) return
  await runOwnTransaction(connection, statements).catch(async (error: unknown) => {
    if (isServerError(error) && madeMeanwhile.has(error.code)) {
      const now = await readInventory(connection, tables, targetSchema)
      if (ensureStatements(tables, targetSchema, now).length < statements.length)
        return await ensureTables(connection, tables, targetSchema, now)
    }
    throw ownTablesError(tables, denied(error, grantFor(error, tables, inventory)))
  })
}

function grantFor(error: unknown, tables: Tables, { role, schemas }: Inventory): string {
  const [to, schema] = [quoteIdentifier(role), quoteIdentifier(tables.schema)]
  // A hardened server grants it to no role by itself.
  if (/for language plpgsql/.test(String(error))) return `GRANT USAGE ON LANGUAGE plpgsql TO ${to};`
  return schemas.includes(tables.schema)
    ? `GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${to};`
    : `CREATE SCHEMA ${schema} AUTHORIZATION ${to};`
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
  inventory: Inventory,
): readonly string[] {
  const { has, schemas } = inventory
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
