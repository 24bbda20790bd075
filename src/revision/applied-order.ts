import type { RevisionMap } from './revision-map.ts'
import { appliedSet } from './rows.ts'

/** What the audit says of one move of one revision. */
export interface HistoryLine {
  /** null when rows moved without a revision. */
  readonly revision: string | null
  /** `upgrade` and `downgrade` ran the revision; any other word only counted it as applied. */
  readonly direction: string
  readonly rowsBefore: readonly string[]
  readonly rowsAfter: readonly string[]
  /** The same for all lines of one transaction. */
  readonly at: string
}

/**
 * The applied revisions that the history has seen being applied, the last one first. The lines are given newest first;
 * those of one stamp or create count in the graph's order, whatever theirs is, and a stamp only for what was not applied
 * before it. Empty when the newest line did not leave these rows: then somebody else has moved them since.
 */
export function appliedOrder(
  map: RevisionMap,
  rows: readonly string[],
  lines: readonly HistoryLine[],
): readonly string[] {
  const [newest] = lines
  if (newest === undefined || !isSameSet(newest.rowsAfter, rows)) return []
  const applied = appliedSet(map, rows)
  const appliedBefore = appliedByRows(map)
  const looked = new Set<string>()
  const seen: { readonly id: string; readonly action: number }[] = []
  let [action, previous] = [0, newest]
  for (const line of lines) {
    if (!isOneAction(previous, line)) action++
    previous = line
    const { revision: id, direction, rowsBefore } = line
    if (id === null || looked.has(id)) continue
    if (!isRun(line) && appliedBefore(rowsBefore).has(id)) continue
    looked.add(id)
    if (direction !== 'downgrade' && applied.has(id)) seen.push({ id, action })
  }
  const place = new Map(map.oldestFirst.map((id, index) => [id, index]))
  const above = (id: string) => place.get(id) ?? 0
  return seen.sort((a, b) => a.action - b.action || above(b.id) - above(a.id)).map(({ id }) => id)
}

const isRun = ({ direction }: HistoryLine): boolean =>
  direction === 'upgrade' || direction === 'downgrade'

/** Steps are actions of their own, also several in one transaction; a stamp writes all its lines at once. */
const isOneAction = (a: HistoryLine, b: HistoryLine): boolean =>
  a === b || (!isRun(a) && !isRun(b) && a.at === b.at)

/** What rows of the past stand for, as far as it is still in the graph; a stamp repeats them on every line. */
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
