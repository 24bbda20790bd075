import { isExtensionMember, isUserSchema } from '../../database/catalog-conditions.ts'
import type { Connection } from '../../database/connection.ts'
import { historyTable, progressTable, type Tables } from '../../database/tables.ts'
import { quoteLiteral } from '../../sql/quote.ts'

/**
 * The names of all that is there but Limbeck's own: one query, for a look that only asks what is there and what is not.
 * Indexes behind constraints and sequences behind columns go with these.
 */
export async function readObjectNames(
  connection: Connection,
  { schema, tables }: { readonly schema: string; readonly tables: Tables },
): Promise<ReadonlySet<string>> {
  const own = [tables.version, historyTable, progressTable].map(quoteLiteral).join(', ')
  const isOwn = `n.nspname = ${quoteLiteral(tables.schema)} AND (c.relname IN (${own}) OR c.relname LIKE 'limbeck\\_%')`
  const of = (oid: string) =>
    `JOIN pg_class c ON c.oid = ${oid} JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${isUserSchema('n.nspname')} AND NOT (${isOwn})`
  const isPart = `SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype`
  const parts = [
    `SELECT 'schema ' || nspname AS name FROM pg_namespace WHERE ${isUserSchema('nspname')} AND nspname NOT IN (${quoteLiteral(schema)}, ${quoteLiteral(tables.schema)})`,
    `SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'i' THEN 'index ' ELSE 'table ' END || c.oid::regclass
       FROM (SELECT oid AS own FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'i')) k ${of('k.own')}
       AND NOT EXISTS (${isPart} IN ('a', 'i', 'e') AND relkind = 'S') AND NOT EXISTS (${isPart} IN ('i', 'e') AND relkind <> 'S')`,
    `SELECT 'column ' || c.oid::regclass || '.' || quote_ident(attname) FROM pg_attribute a ${of('a.attrelid')} AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped`,
    `SELECT 'constraint ' || quote_ident(conname) || ' on ' || c.oid::regclass FROM pg_constraint k ${of('k.conrelid')} AND contype IN ('p', 'u', 'f', 'c', 'x')`,
    `SELECT 'policy ' || quote_ident(polname) || ' on ' || c.oid::regclass FROM pg_policy p ${of('p.polrelid')}`,
    `SELECT 'trigger ' || quote_ident(tgname) || ' on ' || c.oid::regclass FROM pg_trigger t ${of('t.tgrelid')} AND NOT tgisinternal`,
    `SELECT 'function ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE ${isUserSchema('nspname')} AND NOT ${isExtensionMember('pg_proc', 'p.oid')}`,
    `SELECT CASE typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || t.oid::regtype || coalesce((SELECT ': ' || string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '')
       FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE ${isUserSchema('nspname')} AND typtype IN ('d', 'e', 'r') AND NOT ${isExtensionMember('pg_type', 't.oid')}`,
    `SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'`,
  ]
  const [row] = await connection.query<{ names: readonly string[] }>(
    `SELECT coalesce(json_agg(name), '[]') AS names FROM (${parts.join('\nUNION ALL ')}) x`,
  )
  return new Set(row?.names)
}
