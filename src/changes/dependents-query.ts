/** SQL condition: an exclusion constraint that reads the column in an expression. It does not go with the column. */
const isExclusion = `EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = d.objid AND x.contype = 'x' AND d.refobjsubid <> ALL (x.conkey))`

/** SQL condition: a sequence that goes with the column. */
const isOwned = `d.deptype = 'a' AND d.refobjsubid > 0 AND EXISTS (SELECT FROM pg_sequence WHERE seqrelid = d.objid)`

/** SQL: how the object of a catalog is called in `hanging.ts`. */
export const hangingId = (catalog: string, oid: string) => `${catalog}::oid || '/' || ${oid}`

/** Of relations what leans on them or their columns, of types what is of them; objects that are parts of others by their owner. */
export function dependentsQuery(names: string): string {
  return `
SELECT w.of, w.schema, w.name, w.column, CASE WHEN i.indisexclusion THEN 'exclusion' ELSE d.classid::regclass::text END AS catalog, w2.label,
  CASE WHEN r.rulename = '_RETURN' OR o.relkind = 'v' AND r.oid IS NOT NULL THEN ${hangingId(`'pg_class'::regclass`, 'r.ev_class')}
    WHEN i.indisexclusion THEN ${hangingId(`'pg_constraint'::regclass`, '(SELECT x.oid FROM pg_constraint x WHERE x.conindid = i.indexrelid)')} ELSE ${hangingId('d.classid', 'd.objid')} END AS id,
  n.nspname AS "ownerSchema", o.relname AS owner, coalesce(k.conname, p.polname, fa.attname, (SELECT relname FROM pg_class WHERE oid = i.indexrelid)) AS part, r.rulename <> '_RETURN' AS "isRule",
  d.classid = 'pg_statistic_ext'::regclass OR k.contype IS NOT DISTINCT FROM 'x' AS "needsOrder",
  k.conrelid = d.refobjid AND d.refobjsubid = ANY (k.conkey) AS "goesAlong",
  q.seqrelid = d.refobjid AND f.oid IS NOT NULL AS "isSequenceRead",
  CASE WHEN q.seqrelid = d.objid THEN json_build_object(
    'drop', format('ALTER SEQUENCE %s OWNED BY NONE', q.seqrelid::regclass),
    'create', ARRAY[format('ALTER SEQUENCE %s OWNED BY %s.%I', q.seqrelid::regclass, d.refobjid::regclass, w.column)])
  WHEN k.conrelid = d.refobjid AND d.refobjsubid = ANY (k.conkey) AND k.contype <> 'x' THEN json_build_object(
    'create', ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))]) END AS free
FROM (
  SELECT CASE WHEN a.attname IS NULL THEN 'relation' ELSE 'column' END AS of, s.nspname AS schema, c.relname AS name, a.attname AS column,
    d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid
  FROM pg_depend d JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid JOIN pg_namespace s ON s.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
  WHERE (s.nspname, c.relname) IN (${names}) AND d.deptype IN ('n', 'a')
    AND (d.classid = 'pg_class'::regclass AND (d.objid = c.oid AND d.objsubid > 0 OR ${isExclusion} OR ${isOwned}) OR d.classid IN ('pg_trigger'::regclass, 'pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_publication_rel'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_statistic_ext'::regclass))
  UNION
  SELECT 'row', s.nspname, c.relname, NULL, d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid
  FROM pg_depend d JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
  JOIN pg_class c ON c.oid = t.typrelid JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE (s.nspname, c.relname) IN (${names}) AND d.deptype = 'n' AND (d.classid <> 'pg_class'::regclass OR d.objsubid > 0)
  UNION
  SELECT 'type', s.nspname, t.typname, NULL, d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid
  FROM pg_depend d JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) JOIN pg_namespace s ON s.oid = t.typnamespace
  WHERE (s.nspname, t.typname) IN (${names}) AND t.typtype = 'e' AND d.deptype = 'n'
) w
CROSS JOIN LATERAL (SELECT w.classid, w.objid, w.objsubid, w.refobjid, w.refobjsubid) d
LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_publication_rel l ON d.classid = 'pg_publication_rel'::regclass AND l.oid = d.objid
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
LEFT JOIN pg_attribute fa ON fa.attrelid = CASE WHEN f.oid IS NOT NULL THEN f.adrelid WHEN d.classid = 'pg_class'::regclass THEN d.objid END
  AND fa.attnum = coalesce(f.adnum, nullif(d.objsubid, 0))
LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
LEFT JOIN pg_sequence q ON w.of <> 'row' AND q.seqrelid IN (CASE WHEN w.of = 'relation' THEN d.refobjid END, CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END)
LEFT JOIN pg_class o ON o.oid = coalesce(g.tgrelid, r.ev_class, nullif(k.conrelid, 0), p.polrelid, f.adrelid, i.indrelid, l.prrelid,
  CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END)
LEFT JOIN pg_namespace n ON n.oid = o.relnamespace
CROSS JOIN LATERAL (SELECT CASE WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
  WHEN i.indisexclusion THEN (SELECT pg_describe_object('pg_constraint'::regclass, x.oid, 0) FROM pg_constraint x WHERE x.conindid = i.indexrelid)
  WHEN o.relkind IN ('v', 'm') AND d.classid = 'pg_class'::regclass THEN pg_describe_object(d.classid, d.objid, 0)
  WHEN fa.attname IS NOT NULL THEN pg_describe_object('pg_class'::regclass, fa.attrelid, fa.attnum)
  ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS label) w2
WHERE g.tgisinternal IS NOT TRUE AND k.contype IS DISTINCT FROM 'n' AND (g.oid IS NULL OR w.column IS NOT NULL)
  AND NOT (f.oid IS NOT NULL AND w.column IS NOT NULL AND fa.attname = w.column AND o.relname = w.name AND n.nspname = w.schema)
  AND NOT (w.of = 'relation' AND d.classid = 'pg_publication_rel'::regclass)
  AND NOT (r.oid IS NOT NULL AND o.relname = w.name AND n.nspname = w.schema AND r.rulename = '_RETURN')
ORDER BY 1, 2, 3, 4, 6`
}
