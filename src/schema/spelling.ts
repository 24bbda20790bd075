import { checkClause, foreignKeyClause, primaryKeyClause, uniqueClause } from './ddl/constraints.ts'
import { isEqual } from './equal.ts'
import { keyOf, truncatedName } from './names.ts'
import type { Column, Index, ObjectName, Policy, Schema, Sequence, Table, View } from './schema.ts'
import type { ConstraintSnapshot, IndexSnapshot } from './snapshot.ts'

/** How the models themselves say an object; undefined for what they do not declare. */
export interface Spelling {
  sequence(name: ObjectName): Sequence | undefined
  table(name: ObjectName): Table | undefined
  column(table: ObjectName, name: string): Column | undefined
  /** The clause after ADD. */
  constraint(table: ObjectName, constraint: ConstraintSnapshot): string | undefined
  index(table: ObjectName, index: IndexSnapshot): Index | undefined
  policy(table: ObjectName, name: string): Policy | undefined
  view(name: ObjectName): View | undefined
}

/** The spelling of the models, whose names of the default schema carry no schema. */
export function spellingOf(models: Schema): Spelling {
  const sequences = byName(models.sequences)
  const tables = byName(models.tables)
  const views = byName(models.views)
  const tableOf = (name: ObjectName) => tables.get(keyOf(name))
  return {
    sequence: (name) => sequences.get(keyOf(name)),
    table: tableOf,
    column: (table, name) => named(tableOf(table)?.columns, name),
    constraint: (table, constraint) => constraintOf(tableOf(table), constraint),
    // What says more than models can is said by PostgreSQL alone.
    index: (table, index) =>
      index.modelled ? named(tableOf(table)?.indexes, index.name) : undefined,
    policy: (table, name) => named(tableOf(table)?.policies, name),
    view: (name) => views.get(keyOf(name)),
  }
}

function constraintOf(
  table: Table | undefined,
  { kind, name, columns, definition, full }: ConstraintSnapshot,
): string | undefined {
  if (table === undefined || definition !== full) return undefined
  if (kind === 'primary key')
    return table.primaryKey && primaryKeyClause({ ...table.primaryKey, name })
  if (kind === 'check') {
    const check = named(table.checks, name)
    return check && checkClause({ ...check, name })
  }
  if (kind === 'foreign key') {
    const key = named(table.foreignKeys, name)
    return key && foreignKeyClause({ ...key, name })
  }
  const unique =
    table.uniques.find((one) => one.name !== undefined && truncatedName(one.name) === name) ??
    table.uniques.find((one) => one.name === undefined && isEqual(one.columns, columns))
  return unique && uniqueClause({ ...unique, name })
}

function byName<T extends ObjectName>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(
    objects.map((object) => [keyOf({ ...object, name: truncatedName(object.name) }), object]),
  )
}

/** PostgreSQL cuts names that are too long. */
function named<T extends { readonly name: string }>(
  items: readonly T[] | undefined,
  name: string,
): T | undefined {
  return items?.find((item) => truncatedName(item.name) === name)
}
