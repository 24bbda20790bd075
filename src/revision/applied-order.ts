import type { HistoryEntry } from './history-entry.ts'
import type { RevisionMap } from './revision-map.ts'
import { appliedSet } from './rows.ts'

/** What an entry says of one move of one revision. */
export type RecordedMove = Pick<
  HistoryEntry,
  'revision' | 'direction' | 'rowsBefore' | 'rowsAfter' | 'at'
>

/**
 * The applied revisions that the history has seen being applied, the last one first. The entries are given newest first;
 * those of one stamp or create count in the graph's order, whatever theirs is, and a stamp only for what was not applied
 * before it. Empty when the newest entry did not leave these rows: then another tool has moved them since.
 */
export function appliedOrder(
  map: RevisionMap,
  rows: readonly string[],
  entries: readonly RecordedMove[],
): readonly string[] {
  const [newest] = entries
  if (newest === undefined || !isSameSet(newest.rowsAfter, rows)) return []
  const applied = appliedSet(map, rows)
  const appliedBefore = appliedByRows(map)
  const looked = new Set<string>()
  const seen: { readonly id: string; readonly action: number }[] = []
  let [action, previous] = [0, newest]
  for (const entry of entries) {
    if (!isOneAction(previous, entry)) action++
    previous = entry
    const { revision: id, direction, rowsBefore } = entry
    if (id === null || looked.has(id)) continue
    if (!isRun(entry) && appliedBefore(rowsBefore).has(id)) continue
    looked.add(id)
    if (direction !== 'downgrade' && applied.has(id)) seen.push({ id, action })
  }
  const indexes = new Map(map.oldestFirst.map((id, index) => [id, index]))
  const above = (id: string) => indexes.get(id) ?? 0
  return seen.sort((a, b) => a.action - b.action || above(b.id) - above(a.id)).map(({ id }) => id)
}

const isRun = ({ direction }: RecordedMove): boolean =>
  direction === 'upgrade' || direction === 'downgrade'

/** Steps are actions of their own, also several in one transaction; a stamp writes all its entries at once. */
const isOneAction = (a: RecordedMove, b: RecordedMove): boolean =>
  a === b || (!isRun(a) && !isRun(b) && a.at === b.at)

/** What rows of the past stand for, as far as it is still in the graph; a stamp repeats them in every entry. */
function appliedByRows(map: RevisionMap): (rows: readonly string[]) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  return (rows) => {
    const key = rows.join('\n')
    const found = known.get(key)
    if (found !== undefined) return found
    const here = rows.filter((row) => map.nodes.has(row))
    const applied = appliedSet(map, here)
    known.set(key, applied)
    return applied
  }
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...new Set(a)].sort()) === JSON.stringify([...new Set(b)].sort())
