import { isLedger } from '../autogenerate/catalog/ledgers.ts'
import { isExtensionMember } from '../database/catalog-conditions.ts'
import { codeObjectsQuery } from '../database/read-code-objects.ts'
import { historyTable, progressTable, type Tables } from '../database/tables.ts'
import { isVersionTable } from '../database/user-tables.ts'
import { quoteLiteral } from '../sql/quote.ts'

/** Where objects are hashed: `schema` is the one that is not named. */
export interface HashedScope {
  readonly schema: string
  readonly schemas: readonly string[]
  readonly tables: Tables
}

/**
 * SQL, of names in pg_catalog: one JSON object that has a hash for each table (with its columns, constraints, indexes and
 * policies), view, sequence, type, function and trigger. The server hashes: of 500 tables no more than 30 kB come here.
 * Partitions do not count, since services make them as time goes by; nor does the order of columns.
 */
export function catalogHashes(scope: HashedScope): string {
  const list = [scope.schema, ...scope.schemas].map(quoteLiteral).join(', ')
  const isWanted = (name: string) => `${name} IN (${list})`
  return `SELECT coalesce(json_object_agg(label, left(encode(sha256(convert_to(definition, 'UTF8')), 'hex'), 16)), '{}')
FROM (${relations(scope, isWanted('n.nspname'))}
UNION ALL ${enums(scope, isWanted('n.nspname'))}
UNION ALL SELECT label, CASE WHEN label LIKE 'extension %' THEN '' ELSE definition END
  FROM (${codeObjectsQuery(scope.schema, isWanted)}) AS code) AS objects`
}

const nameIn = ({ schema }: HashedScope, name: string) =>
  `CASE WHEN n.nspname = ${quoteLiteral(schema)} THEN '' ELSE n.nspname || '.' END || ${name}`

/** A sequence of a column is part of its table; so is an index. */
function relations(scope: HashedScope, isWanted: string): string {
  const own = [scope.tables.version, historyTable, progressTable].map(quoteLiteral).join(', ')
  return `SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence '
    WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || ${nameIn(scope, 'c.relname')} AS label,
  concat_ws(E'\\n', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    (SELECT concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle)
       FROM pg_sequence s WHERE s.seqrelid = c.oid),
    (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
              CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END, pg_get_expr(d.adbin, d.adrelid)),
            E'\\n' ORDER BY a.attname COLLATE "C")
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('v', 'm', 'S')),
    (SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), E'\\n' ORDER BY k.conname COLLATE "C")
       FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 't'),
    (SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\\n' ORDER BY i.indexrelid::regclass::text COLLATE "C")
       FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid),
    (SELECT string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid),
              pg_get_expr(p.polwithcheck, p.polrelid)), E'\\n' ORDER BY p.polname COLLATE "C")
       FROM pg_policy p WHERE p.polrelid = c.oid)) AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${isWanted} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT c.relispartition
  AND NOT (n.nspname = ${quoteLiteral(scope.tables.schema)} AND c.relname IN (${own}))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
    AND (e.deptype = 'e' OR (c.relkind = 'S' AND e.deptype IN ('a', 'i'))))
  AND NOT ${isVersionTable('c.oid')} AND NOT (${isLedger})`
}

const enums = (scope: HashedScope, isWanted: string) =>
  `SELECT 'enum ' || ${nameIn(scope, 't.typname')}, (SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
     FROM pg_enum l WHERE l.enumtypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND ${isWanted} AND NOT ${isExtensionMember('pg_type', 't.oid')}`
