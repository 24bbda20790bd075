import { objectName, type Scope, schemaList } from '../autogenerate/catalog/scope.ts'
import { isReadTable } from '../autogenerate/catalog/tables.ts'
import { isExtensionMember } from '../database/catalog-conditions.ts'

/** SQL: what PostgreSQL calls the index `i` of the partition `c`, where that is not too long. */
const usualName = `c.relname || CASE WHEN i.indisprimary THEN '_pkey' ELSE
    (SELECT string_agg('_' || coalesce(a.attname, 'expr'), '' ORDER BY o.number) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS o (attnum, number)
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.attnum AND o.attnum > 0)
    || CASE WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'u') THEN '_key' ELSE '_idx' END END`

/** SQL: gives the index that came with the partition `c`, for one of the table above, the name that `x` has. */
const nameOfPart = `'DO ' || quote_literal(format('DECLARE made regclass := (SELECT i.indexrelid FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid'
    ' WHERE h.inhparent = %L::regclass AND i.indrelid = %L::regclass); BEGIN IF (SELECT relname FROM pg_class WHERE oid = made) <> %L THEN'
    ' EXECUTE format(''ALTER INDEX %%s RENAME TO %%I'', made, %3$L); END IF; END', h.inhparent::regclass, c.oid::regclass, x.relname))`

/** SQL: partitions with what they have for themselves, each after the table that it is a part of. */
export function partitionsQuery(scope: Scope): string {
  const root = 'pg_partition_root(c.oid)'
  const on = objectName(scope, 'rn.nspname', 'rc.relname')
  const of = (oid: string) =>
    `JOIN pg_class c ON c.oid = ${oid} AND c.relispartition AND c.relkind IN ('r', 'p')
     JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class rc ON rc.oid = ${root} JOIN pg_namespace rn ON rn.oid = rc.relnamespace
     WHERE rn.nspname IN (${schemaList(scope)}) AND NOT ${isExtensionMember('pg_class', 'rc.oid')}`
  return `
SELECT label, 'after' AS stage, "on", sql FROM (
SELECT 1 AS rank, (SELECT count(*) FROM pg_partition_ancestors(c.oid)) AS depth, 'partition ' || c.oid::regclass AS label, ${on} AS on,
  concat_ws(' ', 'CREATE TABLE', c.oid::regclass, 'PARTITION OF', h.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid),
    'PARTITION BY ' || pg_get_partkeydef(c.oid), 'WITH (' || array_to_string(c.reloptions, ', ') || ')') AS sql
FROM pg_inherits h ${of('h.inhrelid')}
UNION ALL
SELECT 2, (SELECT count(*) FROM pg_partition_ancestors(c.oid)), 'name of index ' || i.indexrelid::regclass, ${on}, ${nameOfPart}
FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid JOIN pg_class x ON x.oid = h.inhrelid ${of('i.indrelid')}
  AND x.relname <> ${usualName}
UNION ALL
SELECT 3, 0, 'constraint ' || quote_ident(k.conname) || ' on ' || c.oid::regclass, ${on},
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k ${of('k.conrelid')} AND k.conislocal AND k.conparentid = 0 AND k.contype IN ('p', 'u', 'c', 'f', 'x')
UNION ALL
SELECT 4, 0, 'index ' || i.indexrelid::regclass, ${on}, pg_get_indexdef(i.indexrelid)
FROM pg_index i ${of('i.indrelid')} AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid)
) x ORDER BY rank, depth, label`
}

/** SQL: what models cannot say of tables, of their columns and of their indexes. */
export function settingsQuery(scope: Scope): string {
  const from = `JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN (${schemaList(scope)})
     AND (${isReadTable(scope)} OR c.relispartition AND c.relkind IN ('r', 'p'))`
  const on = objectName(scope, 'n.nspname', 'c.relname')
  const columns = `pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid ${from} AND a.attnum > 0 AND NOT a.attisdropped`
  const alter = (action: string) =>
    `format('ALTER TABLE %s ALTER COLUMN %I ', c.oid::regclass, a.attname) || ${action}`
  const isInherited = `a.attinhcount > 0 AND NOT a.attislocal AND a.attgenerated = '' AND NOT EXISTS (
    SELECT FROM pg_inherits h JOIN pg_attribute o ON o.attrelid = h.inhparent AND o.attname = a.attname
    JOIN pg_attrdef e ON e.adrelid = o.attrelid AND e.adnum = o.attnum
    WHERE h.inhrelid = c.oid AND pg_get_expr(e.adbin, e.adrelid) = pg_get_expr(d.adbin, d.adrelid))`
  return `
SELECT 'settings of ' || label AS label, 'after' AS stage, "on", sql FROM (
SELECT c.oid::regclass::text AS label, ${on} AS on, ${alter(`'SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)`)} AS sql
FROM pg_attrdef d, ${columns} AND d.adrelid = c.oid AND d.adnum = a.attnum AND ${isInherited}
UNION ALL SELECT c.oid::regclass::text, ${on}, ${alter(`'SET NOT NULL'`)} FROM ${columns} AND ${isNotNullAlone}
UNION ALL SELECT c.oid::regclass::text, ${on}, ${alter(`'SET STATISTICS ' || a.attstattarget`)} FROM ${columns} AND a.attstattarget >= 0
UNION ALL SELECT c.oid::regclass::text, ${on}, ${alter(`format('SET (%s)', array_to_string(a.attoptions, ', '))`)} FROM ${columns} AND a.attoptions IS NOT NULL
UNION ALL SELECT c.oid::regclass::text, ${on}, ${alter(`('SET STORAGE ' || ${storage})`)} FROM ${columns} AND a.attstorage <> t.typstorage
UNION ALL SELECT c.oid::regclass::text, ${on}, format('ALTER TABLE %s SET UNLOGGED', c.oid::regclass) FROM pg_class c ${from} AND c.relpersistence = 'u'
UNION ALL SELECT c.oid::regclass::text, ${on}, format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass, CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
FROM pg_class c ${from} AND c.relreplident IN ('f', 'n')
UNION ALL SELECT c.oid::regclass::text, ${on}, format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', c.oid::regclass, x.relname)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid ${from} AND c.relreplident = 'i' AND i.indisreplident
UNION ALL SELECT c.oid::regclass::text, ${on}, format('ALTER TABLE %s CLUSTER ON %I', c.oid::regclass, x.relname)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid ${from} AND i.indisclustered
UNION ALL SELECT c.oid::regclass::text, ${on}, format('ALTER SEQUENCE %s OWNED BY %s.%I', w.objid::regclass, c.oid::regclass, a.attname)
FROM pg_depend w, ${columns} AND ${ownsAlone}
) x WHERE ("on"->>'name') IS NOT NULL ORDER BY 1, sql`
}

/** SQL condition: the column `a` is inherited, and NOT NULL for the table `c` alone. */
const isNotNullAlone = `a.attnotnull AND a.attinhcount > 0 AND (c.relispartition OR NOT a.attislocal) AND NOT EXISTS (
    SELECT FROM pg_inherits h JOIN pg_attribute o ON o.attrelid = h.inhparent AND o.attname = a.attname WHERE h.inhrelid = c.oid AND o.attnotnull)`

/** SQL condition: the pg_depend row `w` says that a sequence goes with the column `a`, which is no serial one. */
const ownsAlone = `w.classid = 'pg_class'::regclass AND w.refclassid = 'pg_class'::regclass AND w.refobjid = a.attrelid AND w.refobjsubid = a.attnum
  AND w.deptype = 'a' AND (SELECT relkind FROM pg_class WHERE oid = w.objid) = 'S'
  AND NOT (a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND EXISTS (SELECT FROM pg_attrdef e
    WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum AND pg_get_expr(e.adbin, e.adrelid) = format('nextval(%L::regclass)', w.objid::regclass)))`

const storage = `CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' ELSE 'PLAIN' END`
