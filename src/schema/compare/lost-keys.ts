import type { Change } from '../change.ts'
import { columnKey, compareText, keyOf } from '../names.ts'
import type { ObjectName } from '../schema.ts'
import { isIndexRebuilt } from './indexes.ts'

/** What a foreign key leans on: a set of columns that something makes unique. */
export function keySignature(table: ObjectName, columns: readonly string[]): string {
  return JSON.stringify([keyOf(table), ...[...columns].sort(compareText)])
}

/** Sets of columns for which a key or unique index goes, if only to come back. */
export function lostKeys(change: Change): ReadonlySet<string> {
  const lost = change.changed.flatMap(({ from, constraints, indexes }) => {
    const isGone = (columns: readonly string[]) =>
      columns.some((column) => change.lostColumns.has(columnKey(from, column)))
    const keys = constraints.removed.filter(
      ({ kind }) => kind === 'primary key' || kind === 'unique',
    )
    const rebuilt = indexes.pairs.flatMap(([index, after]) =>
      isIndexRebuilt(change, from, index, after) ? [index] : [],
    )
    const unique = [...indexes.removed, ...rebuilt].filter((index) => index.unique)
    return [
      ...keys.map(({ columns }) => columns),
      ...constraints.pairs.flatMap(([{ columns }]) => (isGone(columns) ? [columns] : [])),
      ...unique.map(({ reads }) => reads),
    ].map((columns) => keySignature(from, columns))
  })
  return new Set(lost)
}
