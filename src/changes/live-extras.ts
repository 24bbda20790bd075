import { objectName, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import { isReadTable } from '../autogenerate/catalog/tables.ts'
import { isExtensionMember } from '../database/catalog-conditions.ts'
import type { Connection } from '../database/connection.ts'
import type { ObjectName } from '../schema/schema.ts'
import { functionDefinition } from './function-definition.ts'
import { partitionsQuery, settingsQuery } from './live-parts.ts'

/** What lives in a database and models cannot declare. */
export interface LiveExtra {
  /** `trigger t on users`. */
  readonly label: string
  /** The statement that makes it; null where there is no short one. */
  readonly sql: string | null
  /** When: after the schemas, between the enums and the tables, or after all tables and views. */
  readonly stage: 'extension' | 'before' | 'after'
  /** The table or view that it is on. */
  readonly on: ObjectName | null
}

/** Objects of the scope, each after what it is made of. To be called in a transaction, whose search_path it sets. */
export async function readLiveExtras(
  connection: Connection,
  scope: Scope,
): Promise<readonly LiveExtra[]> {
  const queries = [
    extensions(),
    types(scope),
    routines(scope),
    partitionsQuery(scope),
    onTables(scope),
    settingsQuery(scope),
    unsaid(scope),
  ]
  const found: LiveExtra[] = []
  for (const query of queries)
    await connection.query<{ json: string }>(asJson(scope, query), ({ json }) => {
      for (const extra of JSON.parse(json) as Partial<LiveExtra>[])
        found.push({ label: '', stage: 'after', sql: null, on: null, ...extra })
    })
  return found
}

function extensions(): string {
  return `
SELECT 'extension ' || extname AS label, 'extension' AS stage, NULL AS on,
  CASE WHEN nspname IN ('pg_catalog', current_schema) THEN format('CREATE EXTENSION IF NOT EXISTS %I', extname)
    ELSE format(E'CREATE SCHEMA IF NOT EXISTS %I;\\nCREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', nspname, extname, nspname) END AS sql
FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> 'plpgsql' ORDER BY e.oid`
}

/** Domains, composite types and ranges are made of one another, the older ones first; others have no short statement. */
function types(scope: Scope): string {
  return `
SELECT CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || t.oid::regtype AS label, 'before' AS stage, NULL AS on,
  CASE t.typtype
    WHEN 'd' THEN concat_ws(' ', 'CREATE DOMAIN', t.oid::regtype, 'AS', format_type(t.typbasetype, t.typtypmod),
      (SELECT 'COLLATE ' || l.oid::regcollation FROM pg_collation l, pg_type b
        WHERE l.oid = t.typcollation AND b.oid = t.typbasetype AND b.typcollation <> t.typcollation),
      'DEFAULT ' || t.typdefault, CASE WHEN t.typnotnull THEN 'NOT NULL' END,
      (SELECT string_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ' ' ORDER BY k.conname)
        FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
    WHEN 'c' THEN format('CREATE TYPE %s AS (%s)', t.oid::regtype,
      (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped))
    WHEN 'r' THEN (SELECT ${rangeType} FROM pg_range g WHERE g.rngtypid = t.oid AND g.rngcanonical = 0 AND g.rngsubdiff::oid < 16384)
  END AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE n.nspname IN (${schemaList(scope)}) AND NOT ${isExtensionMember('pg_type', 't.oid')}
  AND (t.typtype IN ('d', 'r') OR (t.typtype = 'b' AND t.typcategory <> 'A') OR (t.typtype = 'c' AND c.relkind = 'c')) ORDER BY t.oid`
}

/** SQL: of the pg_range row `g`; its functions would be made after it. */
const rangeType = `format('CREATE TYPE %s AS RANGE (%s)', g.rngtypid::regtype, concat_ws(', ', 'SUBTYPE = ' || g.rngsubtype::regtype,
  (SELECT format('SUBTYPE_OPCLASS = %I.%I', o.nspname, p.opcname) FROM pg_opclass p JOIN pg_namespace o ON o.oid = p.opcnamespace
    WHERE p.oid = g.rngsubopc AND NOT p.opcdefault),
  (SELECT 'COLLATION = ' || l.oid::regcollation FROM pg_collation l JOIN pg_type b ON b.oid = g.rngsubtype
    WHERE l.oid = g.rngcollation AND b.typcollation <> l.oid),
  CASE WHEN g.rngsubdiff <> 0 THEN 'SUBTYPE_DIFF = ' || g.rngsubdiff END,
  'MULTIRANGE_TYPE_NAME = ' || g.rngmultitypid::regtype))`

/** What mentions a table, by a row type or in a parsed body, comes after the tables. */
function routines(scope: Scope): string {
  return `
SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END || p.oid::regprocedure AS label,
  NULL AS on, CASE WHEN p.prokind <> 'a' THEN ${functionDefinition(scope)} END AS sql,
  CASE WHEN EXISTS (SELECT FROM pg_depend d LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
      LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_class c ON c.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND (d.refclassid = 'pg_class'::regclass OR c.relkind IN ('r', 'p', 'v', 'm', 'f'))) THEN 'after' ELSE 'before' END AS stage
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN (${schemaList(scope)}) AND NOT ${isExtensionMember('pg_proc', 'p.oid')}
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i') ORDER BY p.oid`
}

function onTables(scope: Scope): string {
  const on = objectName(scope, 'n.nspname', 'c.relname')
  const of = (oid: string) =>
    `JOIN pg_class c ON c.oid = ${oid} JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN (${schemaList(scope)}) AND (c.relkind IN ('v', 'm') OR ${isReadTable(scope)})`
  return `
SELECT label || ' on ' || relation AS label, 'after' AS stage, "on", sql FROM (
SELECT 1 AS rank, 'exclusion constraint ' || quote_ident(conname) AS label, c.oid::regclass::text AS relation, ${on} AS on,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, conname, pg_get_constraintdef(k.oid)) AS sql
FROM pg_constraint k ${of('k.conrelid')} AND contype = 'x'
UNION ALL
SELECT 2, 'FORCE ROW LEVEL SECURITY', c.oid::regclass::text, ${on}, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass)
FROM (SELECT oid AS own FROM pg_class WHERE relforcerowsecurity) f ${of('f.own')}
UNION ALL
SELECT 3, 'statistics ' || quote_ident(stxname), c.oid::regclass::text, ${on}, pg_get_statisticsobjdef(x.oid)
FROM pg_statistic_ext x ${of('x.stxrelid')}
UNION ALL
SELECT 4, 'rule ' || quote_ident(rulename), c.oid::regclass::text, ${on}, pg_get_ruledef(r.oid)
FROM pg_rewrite r ${of('r.ev_class')} AND rulename <> '_RETURN'
UNION ALL
SELECT 5, 'trigger ' || quote_ident(tgname), c.oid::regclass::text, ${on}, pg_get_triggerdef(t.oid, true)
  || CASE tgenabled WHEN 'O' THEN '' ELSE format(E';\\nALTER TABLE %s %s TRIGGER %I', c.oid::regclass,
       CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname) END
FROM pg_trigger t ${of('t.tgrelid')} AND NOT tgisinternal
) x ORDER BY rank, relation, label`
}

/** Kinds that are named only: for the whole database, or without a statement that says them. */
function unsaid(scope: Scope): string {
  const here = `n.nspname IN (${schemaList(scope)})`
  return `
SELECT label, 'after' AS stage, NULL AS on, NULL AS sql FROM (
SELECT 'foreign table ' || c.oid::regclass AS label FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'f' AND ${here}
UNION ALL SELECT 'operator ' || o.oid::regoperator FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace
  WHERE ${here} AND NOT ${isExtensionMember('pg_operator', 'o.oid')}
UNION ALL SELECT 'publication ' || quote_ident(pubname) FROM pg_publication
UNION ALL SELECT 'event trigger ' || quote_ident(evtname) FROM pg_event_trigger v WHERE NOT ${isExtensionMember('pg_event_trigger', 'v.oid')}
UNION ALL SELECT 'default privileges of ' || quote_ident(pg_get_userbyid(defaclrole)) FROM pg_default_acl
UNION ALL SELECT 'owners other than this role' WHERE EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE ${here} AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT ${isExtensionMember('pg_class', 'c.oid')} AND NOT pg_has_role(relowner, 'USAGE'))
UNION ALL SELECT 'table access method of ' || c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE ${here} AND relkind IN ('r', 'm') AND relam NOT IN (0, (SELECT oid FROM pg_am WHERE amname = current_setting('default_table_access_method')))
UNION ALL SELECT 'tablespace of ' || c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE ${here} AND reltablespace <> 0 AND relkind IN ('r', 'p', 'm', 'i')
) x ORDER BY 1`
}
