import { qualifiedName, quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import { revokeStatement } from './revoke-others.ts'

/** Where Limbeck keeps its own tables; names are as in the catalog, not quoted. */
export interface Tables {
  /** Schema of all three tables. */
  readonly schema: string
  /** The version table's name; also tells several services in one history apart. */
  readonly version: string
}

export const historyTable = 'limbeck_history'
export const progressTable = 'limbeck_progress'

/** What is kept of the revision under way, beside the cursors of its backfills: tables of older versions need no column. */
export const recordKey = 'limbeck record'

export const versionName = (tables: Tables) => qualifiedName(tables.schema, tables.version)
export const historyName = (tables: Tables) => qualifiedName(tables.schema, historyTable)
export const progressName = (tables: Tables) => qualifiedName(tables.schema, progressTable)

/** CREATE TABLE for each of `missing`: the caller has looked, since IF NOT EXISTS needs rights even when it does nothing. */
export function createTableStatements(
  tables: Tables,
  missing: { readonly version: boolean; readonly history: boolean; readonly progress: boolean },
): readonly string[] {
  const closed = (name: string, statements: readonly string[]) => [
    ...statements,
    revokeStatement(name),
  ]
  return [
    ...(missing.version ? closed(versionName(tables), [createVersionTable(tables)]) : []),
    ...(missing.history ? closed(historyName(tables), createHistoryTable(tables)) : []),
    ...(missing.progress ? closed(progressName(tables), [createProgressTable(tables)]) : []),
  ]
}

/** Alembic's layout, but for the width: ids of any length fit. */
function createVersionTable(tables: Tables): string {
  const primaryKey = quoteIdentifier(`${tables.version}_pkc`)
  return `CREATE TABLE ${versionName(tables)} (
  version_num varchar NOT NULL,
  CONSTRAINT ${primaryKey} PRIMARY KEY (version_num)
)`
}

function createHistoryTable(tables: Tables): readonly string[] {
  const history = historyName(tables)
  return [
    `CREATE TABLE ${history} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version_table pg_catalog.text NOT NULL,
  revision pg_catalog.text,
  direction pg_catalog.text NOT NULL CHECK (direction OPERATOR(pg_catalog.=) ANY ('{create,upgrade,downgrade,stamp,adopt}'::pg_catalog.text[])),
  rows_before pg_catalog.text[] NOT NULL,
  rows_after pg_catalog.text[] NOT NULL,
  hash pg_catalog.text,
  downgrade_sql pg_catalog.text,
  transactional boolean NOT NULL DEFAULT true,
  compatible boolean,
  started_at timestamp with time zone NOT NULL,
  duration_ms double precision NOT NULL,
  database_user pg_catalog.text NOT NULL DEFAULT session_user,
  host pg_catalog.text,
  application_version pg_catalog.text,
  head_of pg_catalog.text
)`,
    `CREATE INDEX limbeck_history_revision ON ${history} (version_table, revision, id)`,
  ]
}

/** For history tables of older versions. */
export function addHeadOfStatement(tables: Tables): string {
  return `ALTER TABLE ${historyName(tables)} ADD COLUMN head_of pg_catalog.text`
}

/** One row while a non-transactional step is under way, none otherwise. */
function createProgressTable(tables: Tables): string {
  return `CREATE TABLE ${progressName(tables)} (
  version_table pg_catalog.text PRIMARY KEY,
  revision pg_catalog.text NOT NULL,
  direction pg_catalog.text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  statements_done pg_catalog.text[] NOT NULL DEFAULT '{}',
  statement_started pg_catalog.text,
  cursors pg_catalog.jsonb NOT NULL DEFAULT '{}'
)`
}

/** `ARRAY['a','b']::pg_catalog.text[]` */
export function textArray(values: readonly string[]): string {
  return `ARRAY[${values.map(quoteLiteral).join(',')}]::pg_catalog.text[]`
}

/** A literal, or NULL. */
export function literalOrNull(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  return typeof value === 'string' ? quoteLiteral(value) : String(value)
}
