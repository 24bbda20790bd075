import type { LedgerPlace } from '../config/ledger-option.ts'
import type { LedgerTool } from '../script/ledger-entry.ts'
import { qualifiedName } from '../sql/quote.ts'

/** A tool's ledger in PostgreSQL. */
interface LedgerTable {
  /** Null: the schema that is migrated. */
  readonly schema: string | null
  readonly table: string
  /**
   * What has run, oldest first, as `hash`, `time` (ms since 1970) and `name`. Columns that only some versions of the tool
   * have are read by way of `to_jsonb`, which gives NULL for one that is missing.
   */
  readonly query: (table: string) => string
}

const named =
  (column: string, order: string, where = 'true') =>
  (table: string) =>
    `SELECT NULL::text AS hash, NULL::text AS time, l.${column}::text AS name FROM ${table} l WHERE ${where} ORDER BY ${order}`

const tables: Readonly<Record<LedgerTool, LedgerTable>> = {
  drizzle: {
    schema: 'drizzle',
    table: '__drizzle_migrations',
    query: (table) =>
      `SELECT l.hash, l.created_at::text AS time, to_jsonb(l) ->> 'name' AS name FROM ${table} l ORDER BY l.id`,
  },
  prisma: {
    schema: null,
    table: '_prisma_migrations',
    query: (table) =>
      `SELECT l.checksum AS hash, NULL::text AS time, l.migration_name AS name FROM ${table} l WHERE l.finished_at IS NOT NULL AND l.rolled_back_at IS NULL ORDER BY l.started_at, l.migration_name`,
  },
  'node-pg-migrate': { schema: null, table: 'pgmigrations', query: named('name', 'l.id') },
  dbmate: { schema: null, table: 'schema_migrations', query: named('version', 'l.version') },
  // One row holds the newest version, and stands for all before it.
  'golang-migrate': {
    schema: null,
    table: 'schema_migrations',
    query: named('version', '1', 'NOT l.dirty'),
  },
  goose: {
    schema: null,
    table: 'goose_db_version',
    // Older versions of goose add a row for a rollback, too: the last one of a version counts.
    query: (table) =>
      named(
        'version_id',
        'l.id',
        'l.is_applied AND l.version_id > 0',
      )(`(SELECT DISTINCT ON (version_id) * FROM ${table} ORDER BY version_id, id DESC)`),
  },
  flyway: {
    schema: null,
    table: 'flyway_schema_history',
    query: (table) =>
      `SELECT l.checksum::text AS hash, NULL::text AS time, l.version AS name FROM ${table} l WHERE l.success AND l.version IS NOT NULL AND l.type <> 'BASELINE' ORDER BY l.installed_rank`,
  },
  'graphile-migrate': {
    schema: 'graphile_migrate',
    table: 'migrations',
    query: (table) =>
      `SELECT l.hash, NULL::text AS time, l.filename AS name FROM ${table} l ORDER BY l.filename`,
  },
  knex: { schema: null, table: 'knex_migrations', query: named('name', 'l.id') },
  typeorm: { schema: null, table: 'migrations', query: named('name', 'l.id') },
  kysely: { schema: null, table: 'kysely_migration', query: named('name', 'l.name') },
}

/** Where the tool keeps its ledger, by what is configured. */
export interface LedgerLocation {
  readonly tool: LedgerTool
  readonly schema: string
  readonly table: string
}

export function locateLedger(
  tool: LedgerTool,
  configured: LedgerPlace | undefined,
  targetSchema: string,
): LedgerLocation {
  const usual = tables[tool]
  const given = configured?.tool === tool ? configured : undefined
  return {
    tool,
    schema: given?.schema ?? usual.schema ?? targetSchema,
    table: given?.table ?? usual.table,
  }
}

export const ledgerName = ({ schema, table }: LedgerLocation) => qualifiedName(schema, table)

/** Reads what has run. */
export const ledgerQuery = (location: LedgerLocation) =>
  tables[location.tool].query(ledgerName(location))

/** Names under which tools keep their ledgers: no tables of the service, which may well have one called `migrations`. */
export const ledgerTableNames: readonly string[] = [
  ...new Set(Object.values(tables).map(({ table }) => table)),
].filter((table) => table !== tables.typeorm.table)
