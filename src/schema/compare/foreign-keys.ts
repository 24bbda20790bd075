import type { Change, TableChange } from '../change.ts'
import { columnKey, isSame, nameOf, sortedBy } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ConstraintSnapshot, TableSnapshot } from '../snapshot.ts'
import { changedName } from './changed-name.ts'
import { keySignature, lostKeys } from './lost-keys.ts'

/** Foreign keys: they make way, and come back, for every change of what they lean on. */
export function compareForeignKeys(change: Change): readonly Operation[] {
  const lost = lostKeys(change)
  return [
    ...change.tables.added.flatMap((table) =>
      table.constraints.filter(isForeignKey).map(adding(table)),
    ),
    ...change.changed.flatMap((table) => compareIn(table, change, lost)),
  ]
}

function compareIn(
  { from, to, constraints }: TableChange,
  change: Change,
  lost: ReadonlySet<string>,
): readonly Operation[] {
  const isGone = (key: ConstraintSnapshot) => dropsWithColumn(change, from, key)
  const isPushed = (key: ConstraintSnapshot) => losesTarget(change, key, lost)
  const pairs = constraints.pairs.filter(([key]) => isForeignKey(key))
  const rebuilt = pairs.filter(
    ([key]) => isGone(key) || isPushed(key) || isRecast(change, from, key),
  )
  const kept = pairs.filter((pair) => !rebuilt.includes(pair))
  const removed = [...constraints.removed.filter(isForeignKey), ...rebuilt.map(([key]) => key)]
  const added = [...constraints.added.filter(isForeignKey), ...rebuilt.map(([, key]) => key)]
  return [
    // One that goes with its column needs no word, unless what it points at goes before.
    ...removed.filter((key) => !isGone(key) || isPushed(key)).map(dropping(from)),
    ...kept.flatMap((pair) => changedName(to, pair)),
    ...sortedBy(added, ({ name }) => name).map(adding(to)),
  ]
}

function isForeignKey({ kind }: ConstraintSnapshot): boolean {
  return kind === 'foreign key'
}

function dropsWithColumn(change: Change, table: TableSnapshot, key: ConstraintSnapshot): boolean {
  return key.columns.some((column) => change.lostColumns.has(columnKey(table, column)))
}

function losesTarget(
  { tables, lostColumns }: Change,
  { references }: ConstraintSnapshot,
  lost: ReadonlySet<string>,
): boolean {
  if (references === undefined) return false
  const { table, columns } = references
  return (
    tables.removed.some((removed) => isSame(removed, table)) ||
    columns.some((column) => lostColumns.has(columnKey(table, column))) ||
    lost.has(keySignature(table, columns))
  )
}

function isRecast(change: Change, table: TableSnapshot, key: ConstraintSnapshot): boolean {
  const { references } = key
  const own = key.columns.map((column) => columnKey(table, column))
  const foreign = references?.columns.map((column) => columnKey(references.table, column)) ?? []
  return [...own, ...foreign].some((column) => change.recastColumns.has(column))
}

function adding(table: TableSnapshot) {
  return (constraint: ConstraintSnapshot): Operation => ({
    kind: 'add constraint',
    table: nameOf(table),
    constraint,
  })
}

function dropping(table: TableSnapshot) {
  return (constraint: ConstraintSnapshot): Operation => ({
    kind: 'drop constraint',
    table: nameOf(table),
    constraint,
  })
}
