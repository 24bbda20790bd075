import { sortedBy } from '../../schema/names.ts'
import type { IndexSnapshot } from '../../schema/snapshot.ts'
import { afterGroup, beforeWord } from './definition.ts'
import { type Scope, schemaList } from './scope.ts'
import { asJson, type ColumnNames, columnNames, enumsMentioned } from './sql-fragments.ts'

export interface IndexRow {
  readonly table: string
  readonly name: string
  readonly unique: boolean
  readonly text: string
  readonly valid: boolean
  readonly columns: readonly number[]
  /** Columns that expressions read. */
  readonly more?: readonly number[]
  readonly enums?: IndexSnapshot['enums']
}

/** Indexes of tables and materialized views, without those that a primary key, unique or exclusion constraint brings along. */
export function indexesQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT i.indrelid AS table, x.relname AS name, i.indisunique AS unique, pg_get_indexdef(x.oid) AS text, i.indisvalid AS valid,
  i.indkey::int2[] AS columns,
  CASE WHEN ${hasExpressions} THEN (SELECT json_agg(d.refobjsubid) FROM pg_depend d
     WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid AND d.refclassid = 'pg_class'::regclass
       AND d.refobjid = i.indrelid AND d.refobjsubid > 0) END AS more,
  CASE WHEN ${hasExpressions} THEN ${enumsMentioned(scope, 'pg_class', 'x.oid')} END AS enums
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN (${schemaList(scope)}) AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))`,
  )
}

const hasExpressions = '(i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)'

export function indexSnapshot(
  { name, unique, valid, text, ...row }: IndexRow,
  names: ColumnNames,
): IndexSnapshot {
  const full = fromUsing(text)
  const definition = comparedPart(full)
  return {
    name,
    unique,
    definition,
    full,
    modelled: full === definition,
    valid,
    reads: sortedBy(
      [...new Set(columnNames([...row.columns, ...(row.more ?? [])], names))],
      (column) => column,
    ),
    enums: row.enums ?? [],
  }
}

/** Without INCLUDE and NULLS NOT DISTINCT, which follow the elements and which models cannot say of an index. */
function comparedPart(full: string): string {
  const end = afterGroup(full, 1)
  const afterInclude = full.startsWith(' INCLUDE (', end) ? afterGroup(full, 2) : end
  return full.slice(0, end) + full.slice(afterInclude).replace(/^ NULLS NOT DISTINCT/, '')
}

/** pg_get_indexdef() from `USING` on: without the names of the index and its table. */
export function fromUsing(definition: string): string {
  return definition.slice(beforeWord(definition, 'USING'))
}
