import type { Scope } from '../autogenerate/catalog/scope.ts'
import { printed } from '../autogenerate/catalog/sql-fragments.ts'
import { keyOf } from '../schema/names.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import type { Session } from '../session/session.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { dependentsQuery } from './dependents-query.ts'
import type { Target } from './targets.ts'

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
  /** What it is called among what is `hanging`. */
  readonly id: string
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
  readonly id: string
  readonly ownerSchema: string | null
  readonly owner: string | null
  /** Of a policy, a constraint or a column: its name. */
  readonly part: string | null
  readonly isRule: boolean | null
  readonly needsOrder: boolean
  readonly goesAlong: boolean | null
  /** Of a default: whether that is of a sequence that it reads. */
  readonly isSequenceRead: boolean | null
  readonly free: Detour | null
}

/** What leans on the targets beside what `live` holds, of which the comparison takes care. To be called in a transaction. */
export async function dependentsOf(
  { config, connection }: Session,
  scope: Scope,
  targets: readonly Target[],
  live: Snapshot,
): Promise<readonly Dependent[]> {
  const names = new Set(
    targets.map(
      ({ object: { schema = config.schema, name } }) =>
        `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`,
    ),
  )
  const all = `SELECT coalesce(json_agg(x), '[]')::text FROM (${dependentsQuery([...names].join(', '))}) x`
  const [answer] = await connection.ask<{ json: string }>(printed(scope, all, 'json'))
  const rows = JSON.parse(answer?.json ?? '[]') as readonly DependentRow[]
  const inDefault = (schema: string, name: string): ObjectName =>
    schema === config.schema ? { name } : { schema, name }
  const views = new Set(live.views.map(keyOf))
  const known = new Set([...live.tables.map(keyOf), ...views])
  const sequences = new Set(live.sequences.map(keyOf))
  const parts = partsOf(live)
  return rows.flatMap((row): Dependent[] => {
    const owner = row.owner === null ? null : inDefault(row.ownerSchema ?? '', row.owner)
    const isKnown =
      owner !== null &&
      (row.part === null || views.has(keyOf(owner))
        ? known.has(keyOf(owner))
        : parts.has(partMark(owner, row.part)))
    const isSequence = row.free !== null && row.catalog === 'pg_class'
    if (isSequence && (owner === null || !sequences.has(keyOf(owner)))) return []
    const isOurs =
      !['pg_trigger', 'pg_publication_rel', 'exclusion'].includes(row.catalog) &&
      row.isRule !== true &&
      !row.needsOrder &&
      row.isSequenceRead !== true
    if (isKnown && isOurs && !isSequence) return []
    const object = inDefault(row.schema, row.name)
    return [
      {
        on: { of: row.of, object, ...(row.column !== null && { column: row.column }) },
        label: row.label,
        id: row.id,
        blocks: blocksOf(row),
        goesAlong: row.goesAlong === true,
        isPart: owner !== null && row.of !== 'type' && keyOf(owner) === keyOf(object),
        ...(row.free !== null && { free: row.free }),
        ...(row.catalog === 'pg_attrdef' &&
          owner !== null &&
          row.part !== null && { defaultOf: { table: owner, column: row.part } }),
      },
    ]
  })
}

function blocksOf({ of, catalog, needsOrder }: DependentRow): Dependent['blocks'] {
  if (needsOrder && of !== 'type') return 'order'
  // Only stored rows have to be written again: a function takes the row type as it becomes.
  if (of === 'row' && catalog !== 'pg_class') return 'drop'
  if (catalog === 'pg_constraint') return 'recast'
  return TYPE_BLOCKERS.has(catalog) ? 'type' : 'drop'
}

/** The columns, constraints, indexes and policies that are compared. */
function partsOf({ tables }: Snapshot): ReadonlySet<string> {
  return new Set(
    tables.flatMap((table) =>
      [...table.columns, ...table.constraints, ...table.indexes, ...table.policies].map(
        ({ name }) => partMark(table, name),
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
