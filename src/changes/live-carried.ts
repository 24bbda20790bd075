import { objectName, ownTables, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { asJson } from '../autogenerate/catalog/sql-fragments.ts'
import { isExtensionMember } from '../database/catalog-conditions.ts'
import type { Connection } from '../database/connection.ts'
import { isVersionTable } from '../database/user-tables.ts'
import type { ObjectName } from '../schema/schema.ts'
import { doBlock } from '../sql/do-block.ts'
import { quoteLiteral } from '../sql/quote.ts'
import type { LiveExtra } from './live-extras.ts'
import { grantee, withOption } from './owner-and-grants.ts'

interface CarriedRow {
  readonly label: string
  readonly on: ObjectName | null
  readonly sql: string
  /** Of a grant. */
  readonly role?: string
}

/** Comments and grants. A grant counts where its role exists: roles belong to the server. */
export async function readCarried(
  connection: Connection,
  scope: Scope,
): Promise<readonly LiveExtra[]> {
  const rows: CarriedRow[] = []
  for (const query of [comments(scope), grants(scope)])
    await connection.query<{ json: string }>(asJson(scope, query), ({ json }) => {
      rows.push(...(JSON.parse(json) as CarriedRow[]))
    })
  return rows.map(({ on = null, role, ...rest }) => ({
    ...rest,
    on,
    stage: 'after',
    sql: role === undefined ? rest.sql : whereThereIs(role, rest.sql),
  }))
}

function whereThereIs(role: string, statement: string): string {
  if (/^(pg_\w+|public)$/.test(role)) return statement
  return doBlock(
    `  IF EXISTS (SELECT FROM pg_roles WHERE rolname = ${quoteLiteral(role)}) THEN ${statement}; END IF;`,
  )
}

/** SQL condition: the pg_class row `c` in `n` is in the scope, and not an extension's. */
function isOurs(scope: Scope): string {
  return `n.nspname IN (${schemaList(scope)}) AND (n.nspname, c.relname) NOT IN (${ownTables(scope)}) AND NOT ${isVersionTable('c.oid')}
    AND NOT ${isExtensionMember('pg_class', 'c.oid')}`
}

const joined = (oid: string) =>
  `JOIN pg_class c ON c.oid = ${oid} JOIN pg_namespace n ON n.oid = c.relnamespace`
const relations = `CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END`

function comments(scope: Scope): string {
  const here = `n.nspname IN (${schemaList(scope)})`
  const on = objectName(scope, 'n.nspname', 'c.relname')
  const ofTable = (what: string, catalog: string, name: string, relation: string, more = '') => `
UNION ALL SELECT c.oid::regclass::text, ${on}, format('COMMENT ON ${what} %I ON %s IS %L', x.${name}, c.oid::regclass, d.description)
FROM ${catalog} x JOIN pg_description d ON d.classoid = '${catalog}'::regclass AND d.objoid = x.oid ${joined(`x.${relation}`)}
WHERE ${isOurs(scope)} ${more}`
  const alone = (what: string, catalog: string, name: string, namespace: string) => `
UNION ALL SELECT ${name}, NULL, format('COMMENT ON %s %s IS %L', ${what}, ${name}, d.description)
FROM ${catalog} x JOIN pg_description d ON d.classoid = '${catalog}'::regclass AND d.objoid = x.oid
JOIN pg_namespace n ON n.oid = x.${namespace} WHERE ${here} AND NOT ${isExtensionMember(catalog, 'x.oid')}`
  return `
SELECT 'comment on ' || label AS label, "on", sql FROM (
SELECT c.oid::regclass::text AS label, ${on} AS on, format('COMMENT ON %s %s IS %L', ${relations}, c.oid::regclass, d.description) AS sql
FROM pg_description d ${joined('d.objoid')} WHERE d.classoid = 'pg_class'::regclass AND d.objsubid = 0 AND c.relkind NOT IN ('i', 'I') AND ${isOurs(scope)}
UNION ALL SELECT c.oid::regclass::text, ${on}, format('COMMENT ON COLUMN %s.%I IS %L', c.oid::regclass, a.attname, d.description)
FROM pg_description d ${joined('d.objoid')} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_class'::regclass AND d.objsubid > 0 AND c.relkind <> 'c' AND ${isOurs(scope)}
UNION ALL SELECT x.oid::regclass::text, ${on}, format('COMMENT ON INDEX %s IS %L', x.oid::regclass, d.description)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = x.oid ${joined('i.indrelid')}
WHERE ${isOurs(scope)}
${ofTable('CONSTRAINT', 'pg_constraint', 'conname', 'conrelid')}
${ofTable('POLICY', 'pg_policy', 'polname', 'polrelid')}
${ofTable('TRIGGER', 'pg_trigger', 'tgname', 'tgrelid', 'AND NOT x.tgisinternal')}
${ofTable('RULE', 'pg_rewrite', 'rulename', 'ev_class', `AND x.rulename <> '_RETURN'`)}
${alone(`CASE x.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END`, 'pg_proc', 'x.oid::regprocedure::text', 'pronamespace')}
${alone(`CASE x.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END`, 'pg_type', 'x.oid::regtype::text', 'typnamespace')}
${alone(`'STATISTICS'`, 'pg_statistic_ext', statisticsName, 'stxnamespace')}
) x ORDER BY 1, sql`
}

const statisticsName = `(CASE WHEN pg_statistics_obj_is_visible(x.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(x.stxname))`

function grants(scope: Scope): string {
  const here = `n.nspname IN (${schemaList(scope)})`
  const on = objectName(scope, 'n.nspname', 'c.relname')
  const role = `CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END`
  const alone = (
    what: string,
    catalog: string,
    acl: string,
    owner: string,
    namespace: string,
    name: string,
  ) => `
UNION ALL SELECT ${name}, NULL, format('GRANT %s ON %s %s TO %s%s', g.privilege_type, ${what}, ${name}, ${grantee}, ${withOption}), ${role}
FROM ${catalog} x JOIN pg_namespace n ON n.oid = ${namespace}, aclexplode(x.${acl}) g
WHERE ${here} AND g.grantee NOT IN (0, x.${owner}) AND NOT ${isExtensionMember(catalog, 'x.oid')}
UNION ALL SELECT ${name}, NULL, format('REVOKE ALL ON %s %s FROM PUBLIC', ${what}, ${name}), 'public'
FROM ${catalog} x JOIN pg_namespace n ON n.oid = ${namespace}
WHERE ${here} AND x.${acl} IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(x.${acl}) g WHERE g.grantee = 0)
  AND NOT ${isExtensionMember(catalog, 'x.oid')}`
  return `
SELECT 'grant on ' || label AS label, "on", sql, role FROM (
SELECT c.oid::regclass::text AS label, ${on} AS on,
  format('GRANT %s ON %s%s TO %s%s', g.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, c.oid::regclass, ${grantee}, ${withOption}) AS sql,
  ${role} AS role
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
WHERE ${isOurs(scope)} AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND g.grantee <> c.relowner
UNION ALL SELECT c.oid::regclass::text, ${on}, format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, c.oid::regclass, ${grantee}, ${withOption}), ${role}
FROM pg_attribute a ${joined('a.attrelid')}, aclexplode(a.attacl) g WHERE NOT a.attisdropped AND ${isOurs(scope)} AND g.grantee <> c.relowner
${alone(`CASE x.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END`, 'pg_proc', 'proacl', 'proowner', 'x.pronamespace', 'x.oid::regprocedure::text')}
${alone(`'TYPE'`, 'pg_type', 'typacl', 'typowner', 'x.typnamespace', 'x.oid::regtype::text')}
) x ORDER BY 1, sql`
}
