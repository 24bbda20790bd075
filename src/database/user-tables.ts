import { quoteLiteral } from '../sql/quote.ts'
import { historyTable, progressTable, type Tables } from './tables.ts'

/** SQL, of names in pg_catalog: tables of a schema that the service or a person made, as `c`; behind it further conditions may follow. */
export function userTables(tables: Tables, targetSchema: string): string {
  return `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${quoteLiteral(targetSchema)} AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname NOT IN (${[historyTable, progressTable, tables.version].map(quoteLiteral).join(', ')})
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      AND NOT ${isVersionTable('c.oid')}`
}

/** Any service's version table, Alembic's included: its one column is version_num. */
export function isVersionTable(oid: string): string {
  return `((SELECT array_agg(a.attname) FROM pg_attribute a
            WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped) IS NOT DISTINCT FROM ARRAY['version_num'::name])`
}
