import { ownPath } from '../../database/own-path.ts'
import { keyOf, sortedBy } from '../../schema/names.ts'
import type { ObjectName } from '../../schema/schema.ts'
import type { ReadRelation } from '../../schema/snapshot.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { objectName, type Scope } from './scope.ts'

/** A query whose answer is one JSON text, NULLs left out: what is absent is absent in the snapshot as well. */
export function asJson(scope: Scope, select: string): string {
  return printed(
    scope,
    `SELECT coalesce(json_strip_nulls(json_agg(r)), '[]')::text FROM (${select}) r`,
    'json',
  )
}

/**
 * A message whose last answer is one text of PostgreSQL's. The names in `select` are looked up in pg_catalog alone; the
 * scope's path counts from the moment it runs, for what is printed.
 */
export function printed(scope: Scope, select: string, as: string): string {
  const path = quoteLiteral(scope.path.map(quoteIdentifier).join(', '))
  return `${ownPath};
SELECT CASE WHEN path.isset IS NOT NULL THEN (${select}) END AS ${as}
FROM (SELECT set_config('search_path', ${path}, true) AS isset OFFSET 0) AS path`
}

/** SQL: JSON array of the tables and views that an object reads by itself, each with the columns. */
export function relationsRead(scope: Scope, catalog: string, oid: string, except = '0'): string {
  return `(SELECT coalesce(json_agg(json_build_object('relation', ${objectName(scope, 'rn.nspname', 'rc.relname')}, 'columns', rd.columns)), '[]')
    FROM (SELECT d.refobjid, json_agg(DISTINCT ra.attname::text COLLATE "C") FILTER (WHERE ra.attname IS NOT NULL) AS columns
        FROM pg_depend d LEFT JOIN pg_attribute ra ON ra.attrelid = d.refobjid AND ra.attnum = d.refobjsubid AND ra.attnum > 0
        WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> ${except}
        GROUP BY d.refobjid) rd
    JOIN pg_class rc ON rc.oid = rd.refobjid AND rc.relkind IN ('r', 'p', 'v', 'm', 'f')
    JOIN pg_namespace rn ON rn.oid = rc.relnamespace)`
}

/** SQL: JSON array of the names of the enums that an object mentions, as such or as an array. */
export function enumsMentioned(scope: Scope, catalog: string, oid: string, part = ''): string {
  return `(SELECT coalesce(json_agg(DISTINCT jsonb_strip_nulls(${objectName(scope, 'tn.nspname', 'ty.typname')}::jsonb)), '[]')
    FROM pg_depend dep JOIN pg_type used ON used.oid = dep.refobjid
    JOIN pg_type ty ON ty.oid IN (used.oid, used.typelem) AND ty.typtype = 'e'
    JOIN pg_namespace tn ON tn.oid = ty.typnamespace
    WHERE dep.classid = '${catalog}'::regclass AND dep.objid = ${oid} ${part} AND dep.refclassid = 'pg_type'::regclass)`
}

/** SQL: the options of the pg_sequence row `q`, as JSON. */
export const sequenceOptionsJson = `json_build_object('increment', q.seqincrement::text, 'minValue', q.seqmin::text, 'maxValue', q.seqmax::text,
    'start', q.seqstart::text, 'cache', q.seqcache::text, 'cycle', q.seqcycle)`

/** What `relationsRead` gives. */
export interface ReadRow {
  readonly relation: ObjectName
  readonly columns?: readonly string[]
}

/** The same for the snapshot, sorted by name. */
export function readRelations(rows: readonly ReadRow[]): readonly ReadRelation[] {
  return sortedBy(
    rows.map(({ relation, columns = [] }) => ({ ...relation, columns })),
    keyOf,
  )
}

/** A table's column names by their attnum. */
export type ColumnNames = ReadonlyMap<number, string>

/** The names behind attnums; 0, which stands for an expression, has none. */
export function columnNames(
  numbers: readonly number[] | undefined,
  names: ColumnNames,
): readonly string[] {
  return (numbers ?? []).flatMap((number) => names.get(number) ?? [])
}
