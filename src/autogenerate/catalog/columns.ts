import { isSame, nameOf } from '../../schema/names.ts'
import type { ObjectName } from '../../schema/schema.ts'
import { givenOptions } from '../../schema/sequence-options.ts'
import type { ColumnSnapshot } from '../../schema/snapshot.ts'
import { objectName, type Scope, schemaList } from './scope.ts'
import type { SequenceRow } from './sequences.ts'
import { asJson, enumsMentioned } from './sql-fragments.ts'

export interface ColumnRow {
  readonly table: string
  /** attnum: what other rows say instead of the name. */
  readonly number: number
  readonly name: string
  readonly type: string
  readonly enum?: { readonly schema?: string; readonly name: string }
  readonly collation?: string
  readonly notNull: boolean
  readonly expression?: string
  readonly isGenerated: boolean
  readonly virtual?: true
  readonly identity: '' | 'a' | 'd'
  readonly reads?: readonly string[]
  readonly mentions?: readonly ObjectName[]
  /** Of a generated column until PostgreSQL 14: see `generatedReads`. */
  readonly mentionsToo?: readonly ObjectName[]
  readonly ownToo?: true
}

/** Columns of tables and views, in no order. */
export function columnsQuery(scope: Scope): string {
  return asJson(
    scope,
    `
SELECT a.attrelid AS table, a.attnum AS number, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
  CASE WHEN e.oid IS NOT NULL THEN ${objectName(scope, 'en.nspname', 'e.typname')} END AS enum,
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
  pg_get_expr(d.adbin, d.adrelid) AS expression, a.attgenerated <> '' AS "isGenerated",
  CASE WHEN a.attgenerated = 'v' THEN true END AS virtual, a.attidentity AS identity,
  CASE WHEN a.attgenerated <> '' THEN ${generatedReads} END AS reads,
  CASE WHEN d.oid IS NOT NULL THEN nullif(${enumsMentioned(scope, 'pg_attrdef', 'd.oid')}::text, '[]')::json END AS mentions,
  CASE WHEN a.attgenerated <> '' THEN ${enumsMentioned(scope, 'pg_class', 'a.attrelid', 'AND dep.objsubid = a.attnum')} END AS "mentionsToo",
  CASE WHEN a.attinhcount > 0 AND a.attislocal THEN true END AS "ownToo"
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid IN (t.oid, t.typelem) AND e.typtype = 'e'
LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname IN (${schemaList(scope)}) AND c.relkind IN ('r', 'p', 'm', 'v') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped`,
  )
}

/** Until PostgreSQL 14 the column depends on what it reads, since then its expression does. */
const generatedReads = `(SELECT json_agg(DISTINCT r.attname::text COLLATE "C") FROM pg_depend p
    JOIN pg_attribute r ON r.attrelid = p.refobjid AND r.attnum = p.refobjsubid
    WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid AND p.refobjsubid NOT IN (0, a.attnum)
      AND (p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
        OR p.classid = 'pg_class'::regclass AND p.objid = a.attrelid AND p.objsubid = a.attnum))`

/** `sequence` is the one behind an identity or serial column. */
export function columnSnapshot(row: ColumnRow, sequence: SequenceRow | undefined): ColumnSnapshot {
  const { name, type, notNull, collation, expression, identity } = row
  const serial = sequence !== undefined && identity === ''
  const isOther = (type: ObjectName) => row.enum === undefined || !isSame(type, row.enum)
  const mentions = [...(row.mentions ?? []), ...(row.mentionsToo ?? [])].filter(isOther)
  return {
    name,
    type,
    ...(row.enum === undefined ? {} : { enum: row.enum }),
    ...(collation === undefined ? {} : { collation }),
    notNull,
    ...(expression === undefined || serial
      ? {}
      : { [row.isGenerated ? 'generated' : 'default']: expression }),
    ...(row.virtual && { virtual: row.virtual }),
    ...(sequence === undefined || serial
      ? {}
      : { identity: { always: identity === 'a', options: sequence.options } }),
    serial,
    ...(sequence === undefined ? {} : { sequence: nameOf(sequence) }),
    ...(serial && isGiven(sequence) && { serialOptions: sequence.options }),
    reads: row.reads ?? [],
    ...(mentions.length > 0 && { mentions }),
    ...(row.ownToo === undefined ? {} : { ownToo: row.ownToo }),
  }
}

/** Whether its options are not those of a serial column. */
function isGiven({ options, type }: SequenceRow): boolean {
  return Object.keys(givenOptions(options, type)).length > 0
}
