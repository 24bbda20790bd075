import { objectName, type Scope } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import type { Connection } from '../database/connection.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { LiveExtra } from './live-extras.ts'

/** SQL: what is published of the table `vc`, as the pg_publication_tables row `v`. */
export const publishedTables = `(pg_publication_tables v JOIN pg_namespace vn ON vn.nspname = v.schemaname
  JOIN pg_class vc ON (vc.relnamespace, vc.relname) = (vn.oid, v.tablename))`

/** SQL: the statement that makes the pg_publication_rel row `l` of the publication `b`. Lists of columns and conditions came with PostgreSQL 15. */
export const publishStatement = `format('ALTER PUBLICATION %I ADD TABLE ONLY %s', b.pubname, l.prrelid::regclass)
      || CASE WHEN to_jsonb(l) ->> 'prattrs' IS NULL THEN '' ELSE (SELECT format(' (%s)', string_agg(quote_ident(x), ', ')) FROM jsonb_array_elements_text(to_jsonb(v) -> 'attnames') x) END
      || coalesce(' WHERE (' || (to_jsonb(v) ->> 'rowfilter') || ')', '')`

/** Publications of single tables, without what they publish beside those. */
export async function readPublications(
  connection: Connection,
  scope: Scope,
): Promise<readonly LiveExtra[]> {
  const query = `
SELECT quote_ident(b.pubname) AS name, ${objectName(scope, 'vn.nspname', 'vc.relname')} AS on, ${publishStatement} AS sql
FROM pg_publication_rel l JOIN pg_publication b ON b.oid = l.prpubid JOIN ${publishedTables} ON v.pubname = b.pubname AND vc.oid = l.prrelid
ORDER BY 1, 3`
  const tables: { name: string; on: ObjectName; sql: string }[] = []
  await connection.query<{ json: string }>(asJson(scope, query), ({ json }) => {
    tables.push(...(JSON.parse(json) as typeof tables))
  })
  const names = [...new Set(tables.map(({ name }) => name))]
  return [
    ...names.map((name) => ({ name, on: null, sql: `CREATE PUBLICATION ${name}` })),
    ...tables,
  ].map(
    ({ name, on, sql }): LiveExtra => ({ label: `publication ${name}`, on, sql, stage: 'after' }),
  )
}
