import { LimbeckError } from '../errors.ts'
import type { RevisionMap } from './revision-map.ts'
import type { RevisionNode } from './revision-node.ts'

/** Which links a walk follows: parents alone, or dependencies as well. */
export type Through = 'parents' | 'all'

/** The node of a whole id. Throws LIMBECK_NO_SUCH_REVISION. */
export function nodeOf(map: RevisionMap, id: string): RevisionNode {
  const node = map.nodes.get(id)
  if (node === undefined) {
    throw new LimbeckError('LIMBECK_NO_SUCH_REVISION', `there is no revision ${id}`, {
      revision: id,
    })
  }
  return node
}

/** The revisions of `ids` and all their ancestors. Throws LIMBECK_NO_SUCH_REVISION. */
export function ancestorsOrSelf(
  map: RevisionMap,
  ids: Iterable<string>,
  through: Through = 'all',
): ReadonlySet<string> {
  return reach(map, ids, (node) => (through === 'all' ? node.allParents : node.parents))
}

/** The revisions of `ids` and all their descendants. Throws LIMBECK_NO_SUCH_REVISION. */
export function descendantsOrSelf(
  map: RevisionMap,
  ids: Iterable<string>,
  through: Through = 'all',
): ReadonlySet<string> {
  return reach(map, ids, (node) => (through === 'all' ? node.allChildren : node.children))
}

/** The revisions of `ids`, their ancestors and their descendants. Throws LIMBECK_NO_SUCH_REVISION. */
export function lineage(
  map: RevisionMap,
  ids: readonly string[],
  through: Through = 'parents',
): ReadonlySet<string> {
  return new Set([...ancestorsOrSelf(map, ids, through), ...descendantsOrSelf(map, ids, through)])
}

/** Those of `ids` that another of them has as an ancestor, through parents or dependencies; each once. */
export function overlapping(map: RevisionMap, ids: Iterable<string>): readonly string[] {
  const unique = [...new Set(ids)]
  if (unique.length <= 1) return []
  const above = unique.flatMap((id) => nodeOf(map, id).allParents)
  const covered = ancestorsOrSelf(map, above)
  return unique.filter((id) => covered.has(id))
}

function reach(
  map: RevisionMap,
  ids: Iterable<string>,
  next: (node: RevisionNode) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(ids)
  // A set is iterated in insertion order, also over what is added meanwhile.
  for (const id of reached) {
    for (const neighbour of next(nodeOf(map, id))) reached.add(neighbour)
  }
  return reached
}
