import { objectName, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import { isReadTable } from '../autogenerate/catalog/tables.ts'
import type { Connection } from '../database/connection.ts'
import { isSame, keyOf } from '../schema/names.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { ColumnSnapshot, Snapshot, TableSnapshot } from '../schema/snapshot.ts'

interface ClauseRow {
  readonly table: ObjectName
  readonly clause: string
}

/** The snapshot with what stands behind the columns of its tables: inheritance, partitioning, storage. */
export async function withClauses(
  connection: Connection,
  scope: Scope,
  snapshot: Snapshot,
): Promise<Snapshot> {
  const clauses = new Map<string, string>()
  await connection.query<{ json: string }>(asJson(scope, clausesQuery(scope)), ({ json }) => {
    for (const { table, clause } of JSON.parse(json) as ClauseRow[])
      clauses.set(keyOf(table), clause)
  })
  const { tables } = snapshot
  return {
    ...snapshot,
    tables: tables.map((table): TableSnapshot => {
      const clause = clauses.get(keyOf(table))
      const columns = table.columns.filter((column) => !isInherited(column, table, tables))
      return clause === undefined ? table : { ...table, columns, clause }
    }),
  }
}

function isInherited(
  { name, ownToo }: ColumnSnapshot,
  { inherits = [] }: TableSnapshot,
  tables: readonly TableSnapshot[],
): boolean {
  const parents = tables.filter((one) => inherits.some((parent) => isSame(parent, one)))
  return ownToo !== true && parents.some(({ columns }) => columns.some((one) => one.name === name))
}

/** Without tables of a type, which have no columns of their own to write. */
function clausesQuery(scope: Scope): string {
  return `
SELECT ${objectName(scope, 'n.nspname', 'c.relname')} AS table, concat_ws(' ',
  'INHERITS (' || (SELECT string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno)
    FROM pg_inherits h WHERE h.inhrelid = c.oid) || ')',
  'PARTITION BY ' || pg_get_partkeydef(c.oid),
  'WITH (' || array_to_string(c.reloptions, ', ') || ')') AS clause
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN (${schemaList(scope)}) AND ${isReadTable(scope)} AND c.reloftype = 0
  AND (c.relkind = 'p' OR c.reloptions IS NOT NULL OR EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)))`
}
