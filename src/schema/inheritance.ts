import type { Change, TableChange } from './change.ts'
import { dependenciesFirst } from './dependencies-first.ts'
import { keyedDiff } from './keyed-diff.ts'
import { isSame, keyOf, nameOf } from './names.ts'
import type { ColumnSnapshot, ConstraintSnapshot, TableSnapshot } from './snapshot.ts'
import { typeChange } from './type-change.ts'

/** What of a table's change is inherited. */
export type ColumnChange = Pick<TableChange, 'from' | 'columns'>

/** The tables of both sides, each after those it inherits from: what changes there has changed here. */
export function parentsFirst({ changed }: Pick<Change, 'changed'>): readonly TableChange[] {
  if (changed.every(({ from }) => from.inherits === undefined)) return changed
  const named = changed.map((table) => ({ ...nameOf(table.to), table }))
  return dependenciesFirst(named, ({ table }) => (table.from.inherits ?? []).map(keyOf)).map(
    ({ table }) => table,
  )
}

/** Changes of the tables that a table inherits from. */
export function parentsOf<T extends ColumnChange>(
  { changed }: { readonly changed: readonly T[] },
  { from }: Pick<ColumnChange, 'from'>,
): readonly T[] {
  const { inherits = [] } = from
  return inherits.length === 0
    ? []
    : changed.filter((other) => inherits.some((name) => isSame(name, other.from)))
}

/** The column as the changes of the tables that it is inherited from leave it. */
export function afterParents(
  parents: readonly ColumnChange[],
  column: ColumnSnapshot,
): ColumnSnapshot {
  return parents.reduce((done, { columns }) => {
    const pair = columns.common.find(([before]) => before.name === column.name)
    if (pair === undefined) return done
    const [before, after] = pair
    const { enum: _enum, default: _default, collation: _collation, ...rest } = done
    const isRetyped = before.type !== after.type || before.collation !== after.collation
    const typed = isRetyped ? after : done
    // The default makes way for the new type, here as well.
    const isReset =
      before.default !== undefined && (typeChange(before, after)?.how ?? 'assigned') !== 'assigned'
    const value = before.default === after.default && !isReset ? done.default : after.default
    return {
      ...rest,
      type: typed.type,
      ...(typed.enum !== undefined && { enum: typed.enum }),
      ...(typed.collation !== undefined && { collation: typed.collation }),
      ...(value !== undefined && { default: value }),
      notNull: before.notNull === after.notNull ? done.notNull : after.notNull,
    }
  }, column)
}

/** Tables without a change of their own, as the changes of those that they inherit from leave them. */
export function followParents(
  changed: readonly ColumnChange[],
  tables: readonly TableSnapshot[],
): readonly TableSnapshot[] {
  const all: ColumnChange[] = [...changed]
  const followed = new Map<TableSnapshot, TableSnapshot>()
  const named = tables.map((table) => ({ ...nameOf(table), table }))
  for (const { table } of dependenciesFirst(named, (one) =>
    (one.table.inherits ?? []).map(keyOf),
  )) {
    const parents = parentsOf({ changed: all }, { from: table })
    const columns = parents.length === 0 ? table.columns : columnsAfter(parents, table)
    followed.set(table, { ...table, columns })
    all.push({ from: table, columns: keyedDiff(table.columns, columns, ({ name }) => name) })
  }
  return tables.map((table) => followed.get(table) ?? table)
}

function columnsAfter(
  parents: readonly ColumnChange[],
  { columns }: TableSnapshot,
): readonly ColumnSnapshot[] {
  const names = (parts: 'added' | 'removed') =>
    parents.flatMap((parent) => parent.columns[parts]).map(({ name }) => name)
  const removed = new Set(names('removed'))
  const added = parents
    .flatMap((parent) => parent.columns.added)
    .filter(({ name }, at) => names('added').indexOf(name) === at)
    .filter(({ name }) => !columns.some((column) => column.name === name))
  return [
    ...columns
      .filter(({ name, ownToo }) => ownToo === true || !removed.has(name))
      .map((column) => ownDefault(column, parents)),
    ...added,
  ]
}

/** A default that is not the inherited one stays. */
function ownDefault(column: ColumnSnapshot, parents: readonly ColumnChange[]): ColumnSnapshot {
  const after = afterParents(parents, column)
  const isInherited = parents.some(({ columns }) =>
    columns.common.some(
      ([before]) => before.name === column.name && before.default === column.default,
    ),
  )
  return isInherited || column.default === undefined || column.default === after.default
    ? after
    : { ...after, default: column.default }
}

/**
 * The tables of the models without the checks that they have from the tables they inherit from: those are made, renamed and dropped
 * there. `old` are the same tables as they are, where one may have declared such a check itself as well.
 */
export function withoutInheritedChecks(
  tables: readonly TableSnapshot[],
  old: readonly TableSnapshot[],
): readonly TableSnapshot[] {
  if (old.every(({ inherits }) => inherits === undefined)) return tables
  const byName = (all: readonly TableSnapshot[]) => new Map(all.map((one) => [keyOf(one), one]))
  const [before, after] = [byName(old), byName(tables)]
  return tables.map((table) => {
    const inherited = ancestorsOf(table, before).flatMap((key) =>
      passedOn(before.get(key), after.get(key) ?? before.get(key)),
    )
    const own = before.get(keyOf(table))?.constraints ?? []
    const isInherited = ({ name, definition }: ConstraintSnapshot) =>
      inherited.some((one) => one.name === name && one.definition === definition) &&
      !own.some((one) => one.name === name || one.definition === definition)
    return inherited.length === 0
      ? table
      : { ...table, constraints: table.constraints.filter((one) => !isInherited(one)) }
  })
}

function ancestorsOf(
  table: TableSnapshot,
  all: ReadonlyMap<string, TableSnapshot>,
): readonly string[] {
  const found = new Set<string>()
  const add = (key: string): void => {
    for (const parent of all.get(key)?.inherits ?? []) {
      if (found.has(keyOf(parent))) continue
      found.add(keyOf(parent))
      add(keyOf(parent))
    }
  }
  add(keyOf(table))
  return [...found]
}

/** Checks that a table gives to those that inherit from it. */
function passedOn(
  before: TableSnapshot | undefined,
  after: TableSnapshot | undefined,
): readonly ConstraintSnapshot[] {
  const kept = before?.constraints.filter(({ full }) => full.endsWith(' NO INHERIT')) ?? []
  return (after?.constraints ?? []).filter(
    ({ kind, definition }) =>
      kind === 'check' && !kept.some((one) => one.definition === definition),
  )
}
