import type { Connection } from '../../database/connection.ts'
import { historyTable, literalOrNull, progressTable, type Tables } from '../../database/tables.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'

/** What of a database is read, and under which names. */
export interface Scope {
  /** Schemas to look up names in, the first one being where the default schema's objects are. */
  readonly path: readonly string[]
  /** Schemas to read. */
  readonly schemas: readonly string[]
  /** What the snapshot calls a schema that has another name there: undefined for the default one. */
  readonly names: ReadonlyMap<string, string | undefined>
  /** Limbeck's own, which are never compared. */
  readonly tables: Tables
  /** Gives the live schemas' names back to the texts in an answer, which is JSON. */
  readonly respell: (json: string) => string
}

/** The scope of a live database: `schema` is its default schema, `schemas` are read beside it. */
export async function liveScope(
  connection: Connection,
  { schema, schemas, tables }: { schema: string; schemas: readonly string[]; tables: Tables },
): Promise<Scope> {
  // As settingsStatement() of the runner: the target first, then what the role has by default.
  const [row] = await connection.ask<{ path: readonly string[] }>(`
SELECT set_config('search_path', ${quoteLiteral(`${quoteIdentifier(schema)}, `)} ||
    (SELECT reset_val FROM pg_settings WHERE name = 'search_path'), true),
  to_json(current_schemas(false)) AS path`)
  const rest = (row?.path ?? []).filter((name) => name !== schema)
  return {
    path: [schema, ...rest],
    schemas: [...new Set([schema, ...schemas])],
    names: new Map([[schema, undefined]]),
    tables,
    respell: (json) => json,
  }
}

/** `SET LOCAL search_path` to the scope's, so that PostgreSQL leaves the default schema's names unqualified. */
export function searchPathStatement({ path }: Scope): string {
  return `SET LOCAL search_path TO ${path.map(quoteIdentifier).join(', ')}`
}

/** A list for `IN`: the schemas to read. */
export function schemaList({ schemas }: Scope): string {
  return schemas.map(quoteLiteral).join(', ')
}

/** SQL: what the snapshot calls the schema whose name `column` holds; NULL for the default one. */
export function schemaName({ names }: Scope, column: string): string {
  const cases = [...names].map(
    ([actual, name]) => `WHEN ${quoteLiteral(actual)} THEN ${literalOrNull(name)}`,
  )
  return `CASE ${column} ${cases.join(' ')} ELSE ${column} END`
}

/** SQL: an ObjectName as JSON. */
export function objectName(scope: Scope, schemaColumn: string, name: string): string {
  return `json_build_object('schema', ${schemaName(scope, schemaColumn)}, 'name', ${name})`
}

/** A list for `IN`: schema and name of each of Limbeck's own tables. */
export function ownTables({ tables }: Scope): string {
  return [tables.version, historyTable, progressTable]
    .map((name) => `(${quoteLiteral(tables.schema)}, ${quoteLiteral(name)})`)
    .join(', ')
}
