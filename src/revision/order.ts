import { forkReach } from './fork-reach.ts'
import type { RevisionMap } from './revision-map.ts'
import { nodeOf } from './traverse.ts'

/**
 * The revisions of `needed`, each before its ancestors, in Alembic's order: depth-first along one branch,
 * finishing it before the next begins, branches taken in load order. `starts` are where the walk
 * begins; it must lead to all of `needed` without leaving it.
 */
export function newestFirst(
  map: RevisionMap,
  starts: Iterable<string>,
  needed: ReadonlySet<string>,
): readonly string[] {
  const waiting = countWaiting(map, needed)
  const cursors = [...new Set(starts)]
    .filter((id) => needed.has(id))
    .sort((a, b) => nodeOf(map, a).index - nodeOf(map, b).index)
  const taken = new Set(cursors)
  const emitted: string[] = []
  const isBelow = forkReach(map, needed, forksOf(waiting, taken))
  let at = 0
  for (let id = cursors[at]; id !== undefined; id = cursors[at]) {
    if ((waiting.get(id) ?? 0) > 0) {
      // Another cursor still has this revision below it: that one goes on first.
      at = cursors.findIndex((cursor) => cursor !== id && isBelow(id, cursor))
      continue
    }
    emitted.push(id)
    const below = nodeOf(map, id).effectiveParents.filter((parent) => needed.has(parent))
    for (const parent of below) waiting.set(parent, (waiting.get(parent) ?? 0) - 1)
    const [next, ...others] = below.filter((parent) => !taken.has(parent))
    if (next === undefined) {
      cursors.splice(at, 1)
      at = Math.max(at - 1, 0)
    } else {
      cursors[at] = next
      cursors.push(...others)
      taken.add(next)
      for (const other of others) taken.add(other)
    }
  }
  return emitted
}

/** For each needed revision, how many needed revisions directly above it must come first. */
function countWaiting(map: RevisionMap, needed: ReadonlySet<string>): Map<string, number> {
  const waiting = new Map<string, number>([...needed].map((id) => [id, 0]))
  for (const id of needed) {
    for (const parent of nodeOf(map, id).effectiveParents) {
      const count = waiting.get(parent)
      if (count !== undefined) waiting.set(parent, count + 1)
    }
  }
  return waiting
}

/** Where a cursor can stand while another still comes from above: forks, and starts that are below others. */
function forksOf(
  waiting: ReadonlyMap<string, number>,
  starts: ReadonlySet<string>,
): readonly string[] {
  return [...waiting].flatMap(([id, count]) => (count > (starts.has(id) ? 0 : 1) ? [id] : []))
}
