import type { LedgerConfig } from '../config/ledger-option.ts'
import type { LedgerTool } from '../script/ledger-entry.ts'
import { qualifiedName } from '../sql/quote.ts'

/** A tool's ledger in PostgreSQL. */
interface LedgerTable {
  /** Null: the schema that is migrated. */
  readonly schema: string | null
  readonly table: string
  /** What it has recorded, oldest first, as the columns of `LedgerRow`; `when` in ms since 1970, as text. */
  readonly query: (table: string) => string
  /** A table beside it, by the ledger's name, in which such rows say that the ledger does not tell all. */
  readonly open?: { readonly table: (ledger: string) => string; readonly where: string }
}

/** The columns of a `LedgerRow`, those that are not given as NULL. */
function columns(given: Partial<Record<'hash' | 'when' | 'name' | 'state', string>>): string {
  const { hash = 'NULL', when = 'NULL', name = 'NULL', state = 'NULL' } = given
  return `${hash}::text AS hash, ${when}::text AS when, ${name}::text AS name, ${state}::text AS state`
}

const named = (column: string, order: string) => (table: string) =>
  `SELECT ${columns({ name: `l.${column}` })} FROM ${table} l ORDER BY ${order}`

const failedWhere = (condition: string) => `CASE WHEN ${condition} THEN 'failed' END`

/**
 * Flyway adds a row for whatever it does: the last one of a version, or of a repeatable migration, counts. `repair` marks a
 * migration that was removed (DELETE), and an undone one is pending again.
 */
const flywayQuery = (table: string) => `SELECT ${columns({
  hash: 'l.checksum',
  name: 'l.key',
  state: `CASE WHEN NOT l.success THEN 'failed' WHEN l.type LIKE '%BASELINE' THEN 'up to' END`,
})} FROM (SELECT DISTINCT ON (coalesce(version, 'R__' || replace(description, ' ', '_'))) *,
    coalesce(version, 'R__' || replace(description, ' ', '_')) AS key FROM ${table} WHERE type <> 'SCHEMA'
    ORDER BY coalesce(version, 'R__' || replace(description, ' ', '_')), installed_rank DESC) l
  WHERE l.type <> 'DELETE' AND l.type NOT LIKE 'UNDO%' ORDER BY l.installed_rank`

const tables: Readonly<Record<LedgerTool, LedgerTable>> = {
  drizzle: {
    schema: 'drizzle',
    table: '__drizzle_migrations',
    // to_jsonb gives NULL for a column that only some versions have.
    query: (table) =>
      `SELECT ${columns({ hash: 'l.hash', when: 'l.created_at', name: "to_jsonb(l) ->> 'name'" })} FROM ${table} l ORDER BY l.id`,
  },
  prisma: {
    schema: null,
    table: '_prisma_migrations',
    query: (table) =>
      `SELECT ${columns({ hash: 'l.checksum', name: 'l.migration_name', state: failedWhere('l.finished_at IS NULL') })} FROM ${table} l WHERE l.rolled_back_at IS NULL ORDER BY l.started_at, l.migration_name`,
  },
  'node-pg-migrate': { schema: null, table: 'pgmigrations', query: named('name', 'l.id') },
  dbmate: { schema: null, table: 'schema_migrations', query: named('version', 'l.version') },
  'golang-migrate': {
    schema: null,
    table: 'schema_migrations',
    query: (table) =>
      `SELECT ${columns({ name: 'l.version', state: `CASE WHEN l.dirty THEN 'failed' ELSE 'up to' END` })} FROM ${table} l`,
  },
  goose: {
    schema: null,
    table: 'goose_db_version',
    // Older versions of goose add a row for a rollback, too: the last one of a version counts.
    query: (table) =>
      `SELECT ${columns({ name: 'l.version_id' })} FROM (SELECT DISTINCT ON (version_id) * FROM ${table} ORDER BY version_id, id DESC) l WHERE l.is_applied AND l.version_id > 0 ORDER BY l.id`,
  },
  flyway: { schema: null, table: 'flyway_schema_history', query: flywayQuery },
  'graphile-migrate': {
    schema: 'graphile_migrate',
    table: 'migrations',
    query: (table) =>
      `SELECT ${columns({ hash: 'l.hash', name: 'l.filename' })} FROM ${table} l ORDER BY l.filename`,
    // What a developer has run of the migration that is being written.
    open: {
      table: () => 'current',
      where: `regexp_replace(content, '--[^\\n]*|\\s', '', 'g') <> ''`,
    },
  },
  knex: {
    schema: null,
    table: 'knex_migrations',
    query: named('name', 'l.id'),
    open: { table: (ledger) => `${ledger}_lock`, where: 'is_locked = 1' },
  },
  typeorm: { schema: null, table: 'migrations', query: named('name', 'l.id') },
  kysely: { schema: null, table: 'kysely_migration', query: named('name', 'l.name COLLATE "C"') },
}

/** Where the tool keeps its ledger, by what is configured. */
export interface LedgerLocation {
  readonly tool: LedgerTool
  readonly schema: string
  readonly table: string
}

export function locateLedger(
  tool: LedgerTool,
  configured: LedgerConfig | undefined,
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

/** Where rows, by the condition, say that the ledger does not tell all; null for a tool that has no such table. */
export function openTable(location: LedgerLocation) {
  const { open } = tables[location.tool]
  if (open === undefined) return null
  return { ...location, table: open.table(location.table), where: open.where }
}

/** Names under which tools keep their ledgers: no tables of the service, which may well have one called `migrations`. */
const usualNames: readonly string[] = [
  ...Object.values(tables).flatMap(({ schema, table, open }) =>
    open && schema === null ? [table, open.table(table)] : [table],
  ),
  'kysely_migration_lock',
].filter((table) => table !== tables.typeorm.table)

/** Tables of the schema that is migrated in which tools keep what they have run. */
export function ledgerTableNames({
  ledger,
  schema,
}: {
  readonly ledger?: LedgerConfig | undefined
  readonly schema: string
}): readonly string[] {
  const own = ledgerTables(ledger, schema).filter((location) => location.schema === schema)
  return [...new Set([...usualNames, ...own.map(({ table }) => table)])]
}

/** Tables of the tool whose ledger is configured. */
export function ledgerTables(
  ledger: LedgerConfig | undefined,
  targetSchema: string,
): readonly LedgerLocation[] {
  if (ledger === undefined) return []
  const location = locateLedger(ledger.tool, ledger, targetSchema)
  return [location, openTable(location)].filter((one) => one !== null)
}
