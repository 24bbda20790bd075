import { quoteLiteral } from '../sql/quote.ts'
import type { MadeAgain } from './made-again.ts'

/** Its own comment, owner and grants; what default privileges give beyond those is taken back first. */
export function ofRelation(relation: string, kind: string): readonly string[] {
  const grants = 'aclexplode(c.relacl)'
  return [
    `SELECT format('COMMENT ON ${kind} %s IS %L', c.oid::regclass, obj_description(c.oid, 'pg_class')), NULL::text[]
      FROM pg_class c WHERE c.oid = ${relation} AND obj_description(c.oid, 'pg_class') IS NOT NULL`,
    ...ofOwner(kind, 'pg_class c', `c.oid = ${relation}`, {
      name: 'c.oid::regclass',
      owner: 'c.relowner',
      schema: 'c.relnamespace',
    }),
    `SELECT format('REVOKE %s ON %s FROM %s', g.privilege_type, c.oid::regclass, ${grantee}), NULL::text[]
      FROM pg_class c, pg_default_acl l, aclexplode(l.defaclacl) g
      WHERE c.oid = ${relation} AND l.defaclobjtype = 'r' AND l.defaclnamespace IN (0, c.relnamespace)
        AND pg_get_userbyid(l.defaclrole) = current_user AND g.grantee NOT IN (l.defaclrole, c.relowner)
        AND NOT EXISTS (SELECT FROM ${grants} o WHERE (o.grantee, o.privilege_type) = (g.grantee, g.privilege_type))`,
    `SELECT format('GRANT %s ON %s TO %s%s', g.privilege_type, c.oid::regclass, ${grantee}, ${withOption}), NULL::text[]
      FROM pg_class c, ${grants} g WHERE c.oid = ${relation} AND g.grantee <> c.relowner`,
  ]
}

/** The same of a function or procedure, which everybody may call unless that is taken back. */
export function ofRoutine({ kind, relation }: MadeAgain): readonly string[] {
  const what = kind.toUpperCase()
  // The planner calls to_regprocedure() before search_path is set, and up to PostgreSQL 15 a type that it does not find is an error.
  const isIt = `p.oid >= 16384 AND p.oid::regprocedure::text = ${quoteLiteral(relation)}`
  const from = `pg_proc p WHERE ${isIt}`
  const given = `(pg_proc p CROSS JOIN aclexplode(p.proacl) g) WHERE ${isIt}`
  const isDefault = (grantee: string) =>
    `EXISTS (SELECT FROM pg_default_acl l, aclexplode(l.defaclacl) x WHERE l.defaclobjtype = 'f' AND l.defaclnamespace IN (0, p.pronamespace)
      AND pg_get_userbyid(l.defaclrole) = current_user AND x.grantee = ${grantee})`
  return [
    `SELECT format('COMMENT ON ${what} %s IS %L', p.oid::regprocedure, obj_description(p.oid, 'pg_proc')), NULL::text[]
      FROM ${from} AND obj_description(p.oid, 'pg_proc') IS NOT NULL`,
    ...ofOwner(what, 'pg_proc p', isIt, {
      name: 'p.oid::regprocedure',
      owner: 'p.proowner',
      schema: 'p.pronamespace',
    }),
    `SELECT format('REVOKE ALL ON ${what} %s FROM %s', p.oid::regprocedure, CASE o.oid WHEN 0 THEN 'PUBLIC' ELSE quote_ident(o.name) END), NULL::text[]
      FROM (SELECT 0::oid AS oid, '' AS name UNION ALL SELECT oid, rolname FROM pg_roles) o, ${from} AND o.oid <> p.proowner
        AND NOT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee = o.oid)
        AND (o.oid = 0 OR ${isDefault('o.oid')})`,
    `SELECT format('GRANT %s ON ${what} %s TO %s%s', g.privilege_type, p.oid::regprocedure, ${grantee}, ${withOption}), NULL::text[]
      FROM ${given} AND g.grantee <> p.proowner AND (g.grantee <> 0 OR ${isDefault('p.proowner')})`,
  ]
}

/** Gives it back to its owner, where the role that makes it again can; elsewhere a line says whose it is then. */
export function ofOwner(
  kind: string,
  from: string,
  which: string,
  {
    name,
    owner,
    schema,
  }: { readonly name: string; readonly owner: string; readonly schema: string },
): readonly string[] {
  const others = `FROM ${from}, pg_roles me WHERE ${which} AND me.rolname = current_user AND ${owner} <> me.oid`
  const canGive = `(me.rolsuper OR pg_has_role(${owner}, ${MAY_BECOME}) AND has_schema_privilege(${owner}, ${schema}, 'CREATE'))`
  return [
    `SELECT format('ALTER ${kind} %s OWNER TO %I', ${name}, pg_get_userbyid(${owner})), NULL::text[] ${others} AND ${canGive}`,
    `SELECT format('${NOTE}check this: %s belongs to the role that runs this then, no longer to %I', ${name}, pg_get_userbyid(${owner})), NULL::text[]
      ${others} AND NOT ${canGive}`,
  ]
}

/** PostgreSQL 16 tells whether one may become a role apart from whether one has its rights. */
const MAY_BECOME = `CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END`

/** What such a text begins with is said above the operation instead of run. */
export const NOTE = '-- '

/** SQL: whom the row `g` of aclexplode() is about. */
export const grantee = `CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END`
/** SQL: how the grant ends. */
export const withOption = `CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`
