import { objectName, type Scope } from '../autogenerate/catalog/scope.ts'
import { hangingId } from './dependents-query.ts'
import { functionDefinition } from './function-definition.ts'
import { publishedTables, publishStatement } from './live-publications.ts'
import { ruleStatements, triggerStatements } from './trigger-and-rule-statements.ts'

/** SQL: the objects of these ids and what leans on them in turn, one row each; `drop` is null where it cannot be made again as it is. */
export function hangingQuery(scope: Scope, ids: readonly string[]): string {
  const roots = ids.map((id) => `(${id.replace('/', '::oid, ')}::oid)`)
  return `
WITH RECURSIVE found AS (
  SELECT r.classid, r.objid, NULL::text AS "on" FROM (VALUES ${roots.join(', ')}) r (classid, objid)
  UNION
  SELECT m.classid, m.objid, ${hangingId('h.classid', 'h.objid')} FROM found h
  CROSS JOIN LATERAL (SELECT h.classid AS class, h.objid AS id
    UNION ALL SELECT 'pg_type'::regclass::oid, x FROM pg_type t, unnest(ARRAY[t.oid, t.typarray]) x
      WHERE h.classid = 'pg_class'::regclass AND t.typrelid = h.objid) p
  JOIN pg_depend d ON d.refclassid = p.class AND d.refobjid = p.id AND d.deptype IN ('n', 'a')
  ${partOfView}
  WHERE m.objid <> h.objid AND NOT EXISTS (SELECT FROM pg_trigger WHERE d.classid = 'pg_trigger'::regclass AND oid = d.objid AND tgisinternal)
)
SELECT ${hangingId('h.classid', 'h.objid')} AS id, h."on", pg_describe_object(h.classid, h.objid, 0) AS label,
  CASE WHEN ${isOurs} THEN ${dropStatement} END AS drop, ${isThere} AS there, ${createStatements(scope)} AS create, ${readsOf(scope)} AS reads,
  CASE WHEN c.oid IS NOT NULL THEN json_strip_nulls(${objectName(scope, 'tn.nspname', 'c.relname')}) END AS view,
  CASE WHEN c.oid IS NOT NULL THEN json_build_object('kind', CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
      'relation', c.oid::regclass, 'name', '')
    WHEN p.oid IS NOT NULL THEN json_build_object('kind', CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
      'relation', p.oid::regprocedure, 'name', '') END AS object
FROM (SELECT classid, objid, coalesce(json_agg("on") FILTER (WHERE "on" IS NOT NULL), '[]') AS "on" FROM found GROUP BY 1, 2) h
LEFT JOIN pg_class c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid AND c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
LEFT JOIN pg_proc p ON h.classid = 'pg_proc'::regclass AND p.oid = h.objid AND p.prokind IN ('f', 'p')
LEFT JOIN pg_trigger g ON h.classid = 'pg_trigger'::regclass AND g.oid = h.objid
LEFT JOIN pg_rewrite r ON h.classid = 'pg_rewrite'::regclass AND r.oid = h.objid
LEFT JOIN (pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum AND a.attgenerated = '')
  ON h.classid = 'pg_attrdef'::regclass AND f.oid = h.objid
LEFT JOIN pg_policy o ON h.classid = 'pg_policy'::regclass AND o.oid = h.objid
LEFT JOIN pg_constraint k ON h.classid = 'pg_constraint'::regclass AND k.oid = h.objid AND k.contype IN ('c', 'x') AND k.conrelid <> 0 AND k.coninhcount = 0
  AND NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = k.conindid AND (indisclustered OR indisreplident))
LEFT JOIN pg_statistic_ext e ON h.classid = 'pg_statistic_ext'::regclass AND e.oid = h.objid AND coalesce(e.stxstattarget, -1) < 0
LEFT JOIN (pg_publication_rel l JOIN pg_publication b ON b.oid = l.prpubid) ON h.classid = 'pg_publication_rel'::regclass AND l.oid = h.objid
LEFT JOIN pg_index x ON h.classid = 'pg_class'::regclass AND x.indexrelid = h.objid AND NOT x.indisclustered AND NOT x.indisreplident
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.indexrelid) AND NOT EXISTS (SELECT FROM pg_inherits WHERE x.indexrelid IN (inhrelid, inhparent))
LEFT JOIN pg_class t ON t.oid = coalesce(c.oid, x.indrelid, g.tgrelid, r.ev_class, f.adrelid, o.polrelid, k.conrelid, l.prrelid, e.stxrelid)
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN ${publishedTables} ON v.pubname = b.pubname AND vc.oid = t.oid AND t.relkind = 'r' AND NOT t.relispartition
ORDER BY h.classid, h.objid`
}

/** A trigger, a rule, a default or an index of a view is made again with it. */
const partOfView = `CROSS JOIN LATERAL (SELECT coalesce((SELECT ev_class FROM pg_rewrite WHERE d.classid = 'pg_rewrite'::regclass AND oid = d.objid),
    (SELECT tgrelid FROM pg_trigger WHERE d.classid = 'pg_trigger'::regclass AND oid = d.objid),
    (SELECT adrelid FROM pg_attrdef WHERE d.classid = 'pg_attrdef'::regclass AND oid = d.objid),
    (SELECT indrelid FROM pg_index WHERE d.classid = 'pg_class'::regclass AND indexrelid = d.objid),
    (SELECT stxrelid FROM pg_statistic_ext WHERE d.classid = 'pg_statistic_ext'::regclass AND oid = d.objid)) AS id) o
  LEFT JOIN pg_class v ON v.oid = o.id AND v.relkind IN ('v', 'm')
  CROSS JOIN LATERAL (SELECT CASE WHEN v.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END AS classid, coalesce(v.oid, d.objid) AS objid) m`

/** SQL condition: this role may drop it and make all of it again. */
const isOurs = `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = h.classid AND e.objid = h.objid AND e.deptype IN ('e', 'x'))
    AND NOT EXISTS (SELECT FROM pg_seclabel s WHERE s.classoid = h.classid AND s.objoid = h.objid)
    AND pg_has_role(coalesce(p.proowner, t.relowner), 'USAGE') AND (b.oid IS NULL OR v.tablename IS NOT NULL AND pg_has_role(b.pubowner, 'USAGE'))
    AND (p.oid IS NULL OR (SELECT lanpltrusted FROM pg_language WHERE oid = p.prolang))`

const dropStatement = `CASE WHEN c.relkind = 'v' THEN format('DROP VIEW %s', t.oid::regclass)
    WHEN c.relkind = 'm' THEN format('DROP MATERIALIZED VIEW %s', t.oid::regclass)
    WHEN p.oid IS NOT NULL THEN format('DROP %s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
    WHEN g.oid IS NOT NULL THEN format('DROP TRIGGER %I ON %s', g.tgname, t.oid::regclass)
    WHEN r.oid IS NOT NULL THEN format('DROP RULE %I ON %s', r.rulename, t.oid::regclass)
    WHEN f.oid IS NOT NULL THEN format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', t.oid::regclass, a.attname)
    WHEN o.oid IS NOT NULL THEN format('DROP POLICY %I ON %s', o.polname, t.oid::regclass)
    WHEN x.indexrelid IS NOT NULL THEN format('DROP INDEX %s', x.indexrelid::regclass)
    WHEN k.oid IS NOT NULL THEN format('ALTER TABLE %s DROP CONSTRAINT %I', t.oid::regclass, k.conname)
    WHEN e.oid IS NOT NULL THEN format('DROP STATISTICS %I.%I', e.stxnamespace::regnamespace, e.stxname)
    WHEN b.oid IS NOT NULL THEN format('ALTER PUBLICATION %I DROP TABLE ONLY %s', b.pubname, t.oid::regclass) END`

/** SQL condition, as text, for the database that the statements are run in. */
const isThere = `CASE WHEN coalesce(c.oid, x.indexrelid) IS NOT NULL THEN format('to_regclass(%L) IS NOT NULL', coalesce(c.oid, x.indexrelid)::regclass)
    WHEN p.oid IS NOT NULL THEN format('to_regprocedure(%L) IS NOT NULL', p.oid::regprocedure)
    WHEN b.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = %L AND r.prrelid = to_regclass(%L))', b.pubname, t.oid::regclass)
    WHEN f.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_attribute WHERE attname = %L AND atthasdef AND attrelid = to_regclass(%L))', a.attname, t.oid::regclass)
    WHEN e.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_statistic_ext WHERE stxname = %L AND stxrelid = to_regclass(%L))', e.stxname, t.oid::regclass)
    WHEN g.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_trigger WHERE tgname = %L AND tgrelid = to_regclass(%L))', g.tgname, t.oid::regclass)
    WHEN r.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_rewrite WHERE rulename = %L AND ev_class = to_regclass(%L))', r.rulename, t.oid::regclass)
    WHEN o.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_policy WHERE polname = %L AND polrelid = to_regclass(%L))', o.polname, t.oid::regclass)
    WHEN k.oid IS NOT NULL THEN format('EXISTS (SELECT FROM pg_constraint WHERE conname = %L AND conrelid = to_regclass(%L))', k.conname, t.oid::regclass) END`

function createStatements(scope: Scope): string {
  const options = (relation: string) =>
    `coalesce(' WITH (' || array_to_string(${relation}.reloptions, ', ') || ')', '')`
  const definition = `regexp_replace(pg_get_viewdef(c.oid), ';\\s*$', '')`
  return `CASE WHEN c.relkind = 'v' THEN ARRAY[format('CREATE VIEW %s', c.oid::regclass) || ${options('c')} || E' AS\\n' || ${definition}]
    WHEN c.relkind = 'm' THEN format('CREATE MATERIALIZED VIEW %s', c.oid::regclass)
        || coalesce((SELECT ' USING ' || quote_ident(amname) FROM pg_am WHERE oid = c.relam AND amname <> 'heap'), '') || ${options('c')}
        || coalesce((SELECT ' TABLESPACE ' || quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace), '')
        || E' AS\\n' || ${definition} || CASE WHEN c.relispopulated THEN '' ELSE E'\\n WITH NO DATA' END
      || ARRAY(SELECT ${indexStatement('i')} FROM pg_index i WHERE i.indrelid = c.oid ORDER BY i.indexrelid)
    WHEN p.oid IS NOT NULL THEN ARRAY[${functionDefinition(scope)}]
    WHEN g.oid IS NOT NULL THEN ${triggerStatements}
    WHEN r.oid IS NOT NULL THEN ${ruleStatements}
    WHEN f.oid IS NOT NULL THEN ARRAY[format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', t.oid::regclass, a.attname, pg_get_expr(f.adbin, f.adrelid))]
    WHEN o.oid IS NOT NULL THEN ARRAY[${policyStatement}, ${comment('POLICY', 'o.polname', 'pg_policy', 'o.oid')}]
    WHEN x.indexrelid IS NOT NULL THEN ARRAY[${indexStatement('x')}, CASE WHEN obj_description(x.indexrelid, 'pg_class') IS NOT NULL
      THEN format('COMMENT ON INDEX %s IS %L', x.indexrelid::regclass, obj_description(x.indexrelid, 'pg_class')) END]
    WHEN k.oid IS NOT NULL THEN ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.oid::regclass, k.conname, pg_get_constraintdef(k.oid)),
      ${comment('CONSTRAINT', 'k.conname', 'pg_constraint', 'k.oid')}]
    WHEN e.oid IS NOT NULL THEN ARRAY[pg_get_statisticsobjdef(e.oid), CASE WHEN obj_description(e.oid, 'pg_statistic_ext') IS NOT NULL
      THEN format('COMMENT ON STATISTICS %I.%I IS %L', e.stxnamespace::regnamespace, e.stxname, obj_description(e.oid, 'pg_statistic_ext')) END]
    WHEN b.oid IS NOT NULL THEN ARRAY[${publishStatement}] END`
}

/** Without the schema where that is the target, as elsewhere. */
const indexStatement = (index: string) =>
  `(SELECT format('CREATE %sINDEX %I ON %s', CASE WHEN ${index}.indisunique THEN 'UNIQUE ' END, relname, ${index}.indrelid::regclass)
    || substr(d, strpos(d, ' USING ')) FROM pg_class, pg_get_indexdef(oid) d WHERE oid = ${index}.indexrelid)`

const comment = (what: string, name: string, catalog: string, oid: string) =>
  `CASE WHEN obj_description(${oid}, '${catalog}') IS NOT NULL THEN format('COMMENT ON ${what} %I ON %s IS %L', ${name}, t.oid::regclass, obj_description(${oid}, '${catalog}')) END`

const policyStatement = `format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', o.polname, t.oid::regclass, CASE WHEN o.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
      CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      (SELECT string_agg(CASE x WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x)) END, ', ' ORDER BY x) FROM unnest(o.polroles) x))
    || coalesce(' USING (' || pg_get_expr(o.polqual, o.polrelid) || ')', '') || coalesce(' WITH CHECK (' || pg_get_expr(o.polwithcheck, o.polrelid) || ')', '')`

/** What it reads, and what it is on. */
function readsOf(scope: Scope): string {
  return `(SELECT coalesce(jsonb_agg(DISTINCT jsonb_strip_nulls(${objectName(scope, 'sn.nspname', 's.relname')}::jsonb)), '[]') FROM pg_depend d
    JOIN pg_class s ON d.refclassid = 'pg_class'::regclass AND s.oid = d.refobjid AND s.relkind IN ('r', 'p', 'v', 'm', 'f') JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE (d.classid, d.objid) = (h.classid, h.objid)
      OR d.classid = 'pg_rewrite'::regclass AND d.objid IN (SELECT oid FROM pg_rewrite WHERE ev_class = c.oid))`
}
