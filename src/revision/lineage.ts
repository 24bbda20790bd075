import type { HistoryEntry } from './history-entry.ts'

/** The newest entry of a revision, as far as it tells what the revision was built upon. */
export type LineageEntry = Pick<
  HistoryEntry,
  'direction' | 'hash' | 'rowsBefore' | 'rowsAfter' | 'at'
>

/**
 * The rows and everything that the history proves to be applied beneath them, through revisions that no file here tells of.
 * A revision whose newest entry undoes it is not applied, whatever is built upon it.
 */
export function recordedLineage(
  rows: readonly string[],
  entries: ReadonlyMap<string, LineageEntry>,
): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [...rows]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue
    const entry = entries.get(id)
    if (entry?.direction === 'downgrade' && !rows.includes(id)) continue
    found.add(id)
    if (entry) queue.push(...parentsOf(entry, entries))
  }
  return found
}

function parentsOf(
  entry: LineageEntry,
  entries: ReadonlyMap<string, LineageEntry>,
): readonly string[] {
  const { direction, hash, rowsBefore, rowsAfter, at } = entry
  // A stamp that only moves rows back has later revisions before it.
  if (direction === 'downgrade' || (direction === 'stamp' && hash === null)) return []
  // A branch that begins beside the rows replaces none of them: it is built upon something beneath.
  const replaced = rowsBefore.filter((row) => !rowsAfter.includes(row))
  const before = replaced.length > 0 ? replaced : rowsBefore
  if (direction === 'upgrade') return before
  // What was created or stamped together stands for all of it.
  const together = [...entries].filter(
    ([, other]) => other.at === at && other.direction === direction && other.hash !== null,
  )
  return [...before, ...together.map(([id]) => id)]
}
