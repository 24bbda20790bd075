import type { ViewSnapshot } from './snapshot.ts'

/** Columns of the view that are not in what takes its place. */
export function lostColumns(before: ViewSnapshot, after: ViewSnapshot): readonly string[] {
  const { columns = [] } = after
  return (before.columns ?? []).filter((name) => !columns.includes(name))
}
