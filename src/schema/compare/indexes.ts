import { type Change, isReplaced, type TableChange } from '../change.ts'
import { columnKey, nameOf, sortedBy } from '../names.ts'
import type { Operation } from '../operation.ts'
import type { ObjectName } from '../schema.ts'
import type { IndexSnapshot, TableSnapshot } from '../snapshot.ts'

/** Indexes, without those behind constraints. */
export function compareIndexes(change: Change): readonly Operation[] {
  return [
    ...change.tables.added.flatMap((table) => creating(nameOf(table), table.indexes)),
    ...change.changed.flatMap((table) => compareIn(table, change)),
  ]
}

function compareIn({ from, to, indexes }: TableChange, change: Change): readonly Operation[] {
  const table = nameOf(to)
  const rebuilt = indexes.pairs.filter(([before, after]) =>
    isIndexRebuilt(change, from, before, after),
  )
  const removed = [...indexes.removed, ...rebuilt.map(([before]) => before)]
  return [
    ...sortedBy(removed, ({ name }) => name)
      // DROP COLUMN takes them along.
      .filter((index) => !isIndexGone(change, from, index))
      .map((index): Operation => ({ kind: 'drop index', table, index })),
    ...indexes.pairs
      .filter((pair) => !rebuilt.includes(pair) && pair[0].name !== pair[1].name)
      .map(
        ([before, after]): Operation => ({
          kind: 'rename index',
          table,
          from: before.name,
          to: after.name,
        }),
      ),
    ...creating(table, [...indexes.added, ...rebuilt.map(([, after]) => after)]),
  ]
}

/** Whether an index that both sides have must be built again all the same. */
export function isIndexRebuilt(
  change: Change,
  table: TableSnapshot,
  before: IndexSnapshot,
  after: IndexSnapshot,
): boolean {
  if (!before.valid && after.valid) return true
  if (isIndexGone(change, table, before)) return true
  if (before.enums.some((type) => isReplaced(change, type))) return true
  // PostgreSQL rebuilds an index on plain columns by itself, but its expressions are not always translated.
  const hasExpression = /\(.*\(|\bWHERE\b/.test(before.definition)
  return (
    hasExpression &&
    before.reads.some((column) => change.recastColumns.has(columnKey(table, column)))
  )
}

function isIndexGone(change: Change, table: TableSnapshot, { reads }: IndexSnapshot): boolean {
  return reads.some((column) => change.lostColumns.has(columnKey(table, column)))
}

function creating(table: ObjectName, indexes: readonly IndexSnapshot[]): readonly Operation[] {
  return sortedBy(indexes, ({ name }) => name).map(
    (index): Operation => ({ kind: 'create index', table, index }),
  )
}
