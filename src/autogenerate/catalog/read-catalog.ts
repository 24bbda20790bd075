import type { Connection } from '../../database/connection.ts'
import type { Enum } from '../../schema/schema.ts'
import { type ColumnRow, columnsQuery } from './columns.ts'
import { type ConstraintRow, constraintsQuery } from './constraints.ts'
import { enumsQuery } from './enums.ts'
import { type IndexRow, indexesQuery } from './indexes.ts'
import { type PolicyRow, policiesQuery } from './policies.ts'
import { type SchemaRow, schemasQuery } from './schemas.ts'
import type { Scope } from './scope.ts'
import { type SequenceRow, sequencesQuery } from './sequences.ts'
import { type TableRow, tablesQuery } from './tables.ts'
import { type ViewRow, viewsQuery } from './views.ts'

/** What the schemas of a scope hold, as the catalog has it. */
export interface CatalogRows {
  readonly schemas: readonly SchemaRow[]
  readonly enums: readonly Enum[]
  readonly sequences: readonly SequenceRow[]
  readonly tables: readonly TableRow[]
  readonly columns: readonly ColumnRow[]
  readonly constraints: readonly ConstraintRow[]
  readonly indexes: readonly IndexRow[]
  readonly policies: readonly PolicyRow[]
  readonly views: readonly ViewRow[]
}

const queries: Readonly<Record<keyof CatalogRows, (scope: Scope) => string>> = {
  schemas: schemasQuery,
  enums: enumsQuery,
  sequences: sequencesQuery,
  tables: tablesQuery,
  columns: columnsQuery,
  constraints: constraintsQuery,
  indexes: indexesQuery,
  policies: policiesQuery,
  views: viewsQuery,
}

/** What `readCatalog` asks for, by name. */
export function catalogQueries(scope: Scope): readonly (readonly [string, string])[] {
  return Object.entries(queries).map(([name, query]) => [name, query(scope)])
}

/**
 * The rows as one JSON text, in the server's own words. To be called in a transaction, whose search_path it sets. All
 * queries are sent at once; waits for a lock where another session alters a table at the moment.
 */
export async function readCatalog(connection: Connection, scope: Scope): Promise<string> {
  const members = catalogQueries(scope).map(async ([name, query]) => {
    const rows: { json: string }[] = []
    await connection.query<{ json: string }>(query, (row) => rows.push(row))
    return `${JSON.stringify(name)}:${rows[0]?.json ?? '[]'}`
  })
  return `{${(await Promise.all(members)).join()}}`
}

/** The rows in `catalog`, under the names that the scope gives. */
export function catalogRows(catalog: string, scope: Scope): CatalogRows {
  return JSON.parse(scope.respell(catalog)) as CatalogRows
}
