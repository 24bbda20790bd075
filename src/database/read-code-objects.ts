import { quoteLiteral } from '../sql/quote.ts'
import { isExtensionMember, isUserSchema } from './catalog-conditions.ts'
import type { Connection, Row } from './connection.ts'

/** Something that models cannot declare: a function, a trigger, an extension, a domain … */
export interface CodeObject {
  /** `function f(integer)`, `trigger t on users`. */
  readonly label: string
  /** What it is, as PostgreSQL spells it. */
  readonly definition: string
}

/** The schemas that the service has made: neither PostgreSQL's nor an extension's. */
export async function readSchemaNames(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.ask<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE ${isUserSchema('nspname')} AND NOT ${isExtensionMember('pg_namespace', 'oid')} ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

/** Functions, triggers, rules, domains, composite types and extensions; `schema` is the one that is not named. */
export async function readCodeObjects(
  connection: Connection,
  schema: string,
): Promise<readonly CodeObject[]> {
  return await connection.ask<CodeObject & Row>(codeObjectsQuery(schema, isUserSchema))
}

/** SQL: rows of `CodeObject` in the schemas that `isWanted` lets through. */
export function codeObjectsQuery(schema: string, isWanted: (schema: string) => string): string {
  const name = (namespace: string, object: string) =>
    `CASE WHEN ${namespace} = ${quoteLiteral(schema)} THEN '' ELSE ${namespace} || '.' END || ${object}`
  return `
SELECT 'extension ' || extname AS label, extversion AS definition FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL
SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
    || ${name('n.nspname', 'p.proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE ${isWanted('n.nspname')} AND NOT ${isExtensionMember('pg_proc', 'p.oid')}
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || ${name('n.nspname', 'c.relname')}, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND ${isWanted('n.nspname')} AND NOT ${isExtensionMember('pg_trigger', 't.oid')}
UNION ALL
SELECT 'rule ' || r.rulename || ' on ' || ${name('n.nspname', 'c.relname')}, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND ${isWanted('n.nspname')} AND NOT ${isExtensionMember('pg_rewrite', 'r.oid')}
UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || ${name('n.nspname', 't.typname')},
  concat_ws(' ', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault,
    (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid),
    (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
       FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype = 'd' OR (t.typtype = 'c' AND c.relkind = 'c')) AND ${isWanted('n.nspname')} AND NOT ${isExtensionMember('pg_type', 't.oid')}`
}
