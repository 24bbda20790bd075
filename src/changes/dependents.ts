import { liveScope } from '../autogenerate/catalog/scope.ts'
import { printed } from '../autogenerate/catalog/sql-fragments.ts'
import { keyOf } from '../schema/names.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import type { Session } from '../session/session.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { ruleStatements, triggerStatements } from './trigger-and-rule-statements.ts'

/** Something that an operation changes, under the name that the database has. */
export type Target =
  | {
      readonly of: 'column'
      readonly object: ObjectName
      readonly column: string
      /** `order`: to a type whose values have none. */
      readonly change: 'type' | 'order' | 'drop'
      /** Whether the new type cannot be compared with the old one. */
      readonly isRecast?: boolean
    }
  | {
      readonly of: 'relation' | 'type'
      readonly object: ObjectName
      /** `renew`: a sequence of the same name takes its place. */
      readonly change: 'drop' | 'renew'
    }

/** Something that leans on it, and that no comparison knows. */
export interface Dependent {
  readonly on: {
    /** `row`: the row type of a relation. */
    readonly of: 'column' | 'relation' | 'type' | 'row'
    readonly object: ObjectName
    readonly column?: string
  }
  /** As PostgreSQL describes it: `trigger t on table u`. */
  readonly label: string
  /**
   * What it is in the way of: any other type of a column that it leans on, one that cannot be compared, one without an order
   * alone, or that the column goes.
   */
  readonly blocks: 'type' | 'recast' | 'order' | 'drop'
  /** Whether it is a part of the very relation, and goes with it. */
  readonly isPart: boolean
  /** Whether it goes with a column of its own that does: a constraint that lists it. */
  readonly goesAlong: boolean
  /** How it is made again, where nothing is lost by that. */
  readonly again?: Detour
  /** How a sequence with a place of its own outlives the column that it goes with, and how that or a constraint comes back with it. */
  readonly free?: Detour
  /** The column that it is the default of. */
  readonly defaultOf?: { readonly table: ObjectName; readonly column: string }
}

/** What makes way, unless that goes by itself, and what puts it back. */
export interface Detour {
  readonly drop?: string
  readonly create: readonly string[]
}

type DependentRow = {
  readonly of: Dependent['on']['of']
  readonly schema: string
  readonly name: string
  readonly column: string | null
  readonly catalog: string
  readonly label: string
  readonly ownerSchema: string | null
  readonly owner: string | null
  /** Of a policy, a constraint or a column: its name. */
  readonly part: string | null
  readonly isRule: boolean | null
  readonly needsOrder: boolean
  readonly goesAlong: boolean | null
  readonly again: Detour | null
  readonly free: Detour | null
}

/** What leans on the targets beside what `live` holds, of which the comparison takes care. */
export async function dependentsOf(
  { config, connection }: Session,
  targets: readonly Target[],
  live: Snapshot,
): Promise<readonly Dependent[]> {
  const names = new Set(
    targets.map(
      ({ object: { schema = config.schema, name } }) =>
        `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`,
    ),
  )
  const { schema, tables } = config
  const scope = await liveScope(connection, { schema, schemas: [], tables })
  const all = `SELECT coalesce(json_agg(x), '[]')::text FROM (${dependentsQuery([...names].join(', '))}) x`
  const [answer] = await connection.ask<{ json: string }>(printed(scope, all, 'json'))
  const rows = JSON.parse(answer?.json ?? '[]') as readonly DependentRow[]
  const inDefault = (schema: string, name: string): ObjectName =>
    schema === config.schema ? { name } : { schema, name }
  const known = new Set([...live.tables, ...live.views].map(keyOf))
  const sequences = new Set(live.sequences.map(keyOf))
  const parts = partsOf(live)
  return rows.flatMap((row): Dependent[] => {
    const owner = row.owner === null ? null : inDefault(row.ownerSchema ?? '', row.owner)
    const isKnown =
      owner !== null &&
      (row.part === null ? known.has(keyOf(owner)) : parts.has(partMark(owner, row.part)))
    const isSequence = row.free !== null && row.catalog === 'pg_class'
    if (isSequence && (owner === null || !sequences.has(keyOf(owner)))) return []
    const isOurs =
      !['pg_trigger', 'exclusion'].includes(row.catalog) &&
      row.isRule !== true &&
      !row.needsOrder &&
      row.again === null
    if (isKnown && isOurs && !isSequence) return []
    const object = inDefault(row.schema, row.name)
    return [
      {
        on: { of: row.of, object, ...(row.column !== null && { column: row.column }) },
        label: row.label,
        blocks: blocksOf(row),
        goesAlong: row.goesAlong === true,
        isPart: owner !== null && row.of !== 'type' && keyOf(owner) === keyOf(object),
        ...(row.again !== null && { again: row.again }),
        ...(row.free !== null && { free: row.free }),
        ...(row.catalog === 'pg_attrdef' &&
          owner !== null &&
          row.part !== null && { defaultOf: { table: owner, column: row.part } }),
      },
    ]
  })
}

function blocksOf({ catalog, needsOrder }: DependentRow): Dependent['blocks'] {
  if (needsOrder) return 'order'
  if (catalog === 'pg_constraint') return 'recast'
  return TYPE_BLOCKERS.has(catalog) ? 'type' : 'drop'
}

/** The columns, constraints and policies that are compared. */
function partsOf({ tables }: Snapshot): ReadonlySet<string> {
  return new Set(
    tables.flatMap((table) =>
      [...table.columns, ...table.constraints, ...table.policies].map(({ name }) =>
        partMark(table, name),
      ),
    ),
  )
}

const partMark = (owner: ObjectName, part: string) => `${keyOf(owner)} ${part}`

const TYPE_BLOCKERS = new Set([
  'pg_class',
  'pg_attrdef',
  'pg_trigger',
  'pg_proc',
  'pg_rewrite',
  'pg_publication_rel',
  'pg_policy',
])

/** SQL condition: an exclusion constraint that reads the column in an expression. It does not go with the column. */
const isExclusion = `EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = d.objid AND x.contype = 'x' AND d.refobjsubid <> ALL (x.conkey))`

/** SQL condition: a sequence that goes with the column. */
const isOwned = `d.deptype = 'a' AND d.refobjsubid > 0 AND EXISTS (SELECT FROM pg_sequence WHERE seqrelid = d.objid)`

/** Of relations what leans on them or their columns, of types what is of them; objects that are parts of others by their owner. */
function dependentsQuery(names: string): string {
  return `
SELECT w.of, w.schema, w.name, w.column, CASE WHEN i.indisexclusion THEN 'exclusion' ELSE d.classid::regclass::text END AS catalog, w2.label,
  n.nspname AS "ownerSchema", o.relname AS owner, coalesce(k.conname, p.polname, fa.attname) AS part, r.rulename <> '_RETURN' AS "isRule",
  d.classid = 'pg_statistic_ext'::regclass OR k.contype IS NOT DISTINCT FROM 'x' AS "needsOrder",
  k.conrelid = d.refobjid AND d.refobjsubid = ANY (k.conkey) AS "goesAlong",
  CASE WHEN g.oid IS NOT NULL THEN json_build_object(
    'drop', format('DROP TRIGGER IF EXISTS %I ON %s', g.tgname, g.tgrelid::regclass),
    'create', ${triggerStatements})
  WHEN r.rulename <> '_RETURN' THEN json_build_object(
    'drop', format('DROP RULE IF EXISTS %I ON %s', r.rulename, r.ev_class::regclass),
    'create', ${ruleStatements})
  WHEN q.seqrelid = d.refobjid AND f.oid IS NOT NULL THEN json_build_object(
    'drop', format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', f.adrelid::regclass, fa.attname),
    'create', ARRAY[format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', f.adrelid::regclass, fa.attname, pg_get_expr(f.adbin, f.adrelid))])
  END AS again,
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
  WHERE (s.nspname, c.relname) IN (${names}) AND d.deptype = 'n' AND d.classid = 'pg_class'::regclass AND d.objsubid > 0
  UNION
  SELECT 'type', s.nspname, t.typname, NULL, d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid
  FROM pg_depend d JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) JOIN pg_namespace s ON s.oid = t.typnamespace
  WHERE (s.nspname, t.typname) IN (${names}) AND t.typtype = 'e' AND d.deptype = 'n'
) w
CROSS JOIN LATERAL (SELECT w.classid, w.objid, w.objsubid, w.refobjid, w.refobjsubid) d
LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
LEFT JOIN pg_attribute fa ON fa.attrelid = CASE WHEN f.oid IS NOT NULL THEN f.adrelid WHEN d.classid = 'pg_class'::regclass THEN d.objid END
  AND fa.attnum = coalesce(f.adnum, nullif(d.objsubid, 0))
LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
LEFT JOIN pg_sequence q ON w.of <> 'row' AND q.seqrelid IN (CASE WHEN w.of = 'relation' THEN d.refobjid END, CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END)
LEFT JOIN pg_class o ON o.oid = coalesce(g.tgrelid, r.ev_class, nullif(k.conrelid, 0), p.polrelid, f.adrelid, i.indrelid,
  CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END)
LEFT JOIN pg_namespace n ON n.oid = o.relnamespace
CROSS JOIN LATERAL (SELECT CASE WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
  WHEN i.indisexclusion THEN (SELECT pg_describe_object('pg_constraint'::regclass, x.oid, 0) FROM pg_constraint x WHERE x.conindid = i.indexrelid)
  WHEN fa.attname IS NOT NULL THEN pg_describe_object('pg_class'::regclass, fa.attrelid, fa.attnum)
  ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS label) w2
WHERE g.tgisinternal IS NOT TRUE AND k.contype IS DISTINCT FROM 'n' AND (g.oid IS NULL OR w.column IS NOT NULL)
  AND NOT (f.oid IS NOT NULL AND w.column IS NOT NULL AND fa.attname = w.column AND o.relname = w.name AND n.nspname = w.schema)
  AND NOT (w.of = 'relation' AND d.classid = 'pg_publication_rel'::regclass)
  AND NOT (r.oid IS NOT NULL AND o.relname = w.name AND n.nspname = w.schema AND r.rulename = '_RETURN')
ORDER BY 1, 2, 3, 4, 6`
}
