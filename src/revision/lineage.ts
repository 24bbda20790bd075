/** The newest history entry of a revision, as far as it tells what the revision was built upon. */
export interface LineageRecord {
  readonly direction: string
  /** null where nothing was run or covered: only rows have moved. */
  readonly hash: string | null
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  /** The same for all entries of one transaction. */
  readonly at: string
}

/**
 * The rows and everything that the history proves to be applied beneath them, through revisions that no file here tells of.
 * A revision whose newest entry undoes it is not applied, whatever is built upon it.
 */
export function recordedLineage(
  rows: readonly string[],
  records: ReadonlyMap<string, LineageRecord>,
): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [...rows]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue
    const record = records.get(id)
    if (record?.direction === 'downgrade' && !rows.includes(id)) continue
    found.add(id)
    if (record) queue.push(...parentsOf(record, records))
  }
  return found
}

function parentsOf(
  record: LineageRecord,
  records: ReadonlyMap<string, LineageRecord>,
): readonly string[] {
  const { direction, hash, rowsBefore, rowsAfter, at } = record
  // A stamp that only moves rows back has later revisions before it.
  if (direction === 'downgrade' || (direction === 'stamp' && hash === null)) return []
  // A branch that begins beside the rows replaces none of them: it is built upon something beneath.
  const replaced = rowsBefore.filter((row) => !rowsAfter.includes(row))
  const before = replaced.length > 0 ? replaced : rowsBefore
  if (direction === 'upgrade') return before
  // What was created or stamped together stands for all of it.
  const together = [...records].filter(
    ([, other]) => other.at === at && other.direction === direction && other.hash !== null,
  )
  return [...before, ...together.map(([id]) => id)]
}
