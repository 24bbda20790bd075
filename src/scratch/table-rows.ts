import type { Config } from '../config/resolve-config.ts'
import { isExtensionMember, isUserSchema } from '../database/catalog-conditions.ts'
import type { Connection, Row } from '../database/connection.ts'
import { historyTable, progressTable } from '../database/tables.ts'
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../sql/quote.ts'

/** How many rows a table has, and a hash of what can be compared of them. */
export interface TableRows {
  readonly rows: number
  readonly hash: string | null
}

interface Table {
  readonly schema: string
  readonly table: string
  readonly columns: readonly string[]
}

/**
 * The rows of each table that has some, by name. Values that are another one each time are left out: times, what a default
 * calls a function for, and keys that lead to such a column.
 */
export async function readTableRows(
  { ask }: Pick<Connection, 'ask'>,
  { tables: own, schema }: Pick<Config, 'tables' | 'schema'>,
): Promise<ReadonlyMap<string, TableRows>> {
  const tables = await ask<Table & Row>(comparedColumns)
  const found = new Map<string, TableRows>()
  for (const { schema: within, table, columns } of tables) {
    if (within === own.schema && [own.version, historyTable, progressTable].includes(table))
      continue
    const values = columns
      .map((name) => `quote_nullable(${quoteIdentifier(name)}::text)`)
      .join(', ')
    const [row] = await ask<TableRows & Row>(`
SELECT count(*)::int AS rows, encode(sha256(convert_to(string_agg(v, E'\\n' ORDER BY v COLLATE "C"), 'UTF8')), 'hex') AS hash
FROM (SELECT concat_ws(',', ${values || quoteLiteral('')}) AS v FROM ${qualifiedName(within, table)}) AS t`)
    if (row && row.rows > 0)
      found.set(within === schema ? table : `${within}.${table}`, {
        rows: row.rows,
        hash: row.hash,
      })
  }
  return found
}

const isVolatile = (
  attribute: string,
) => `(${attribute}.attidentity <> '' OR ${attribute}.attgenerated <> ''
  OR format_type(${attribute}.atttypid, NULL) ~ '^(timestamp|time|date)'
  OR EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = ${attribute}.attrelid AND d.adnum = ${attribute}.attnum
    AND (pg_get_expr(d.adbin, d.adrelid) ~ '\\(' OR pg_get_expr(d.adbin, d.adrelid) ~* '^current_')))`

const comparedColumns = `
SELECT n.nspname AS schema, c.relname AS table,
  (SELECT coalesce(json_agg(a.attname ORDER BY a.attname COLLATE "C"), '[]') FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT ${isVolatile('a')}
      AND NOT EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = ANY (k.confkey)
        WHERE k.contype = 'f' AND k.conrelid = c.oid AND a.attnum = ANY (k.conkey) AND ${isVolatile('f')})) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${isUserSchema('n.nspname')}
  AND NOT ${isExtensionMember('pg_class', 'c.oid')}
ORDER BY 1, 2`
