import { inheritedSet } from './inherited-set.ts'
import type { LinkedNodes, RevisionNode } from './revision-node.ts'

/**
 * The branch labels that reach each revision, sorted: a label goes down to all descendants, and up to the
 * ancestors as far as the line is the only one (no fork, no merge, no second dependent), seen from its tip.
 */
export function spreadLabels(
  nodes: LinkedNodes,
  oldestFirst: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const spread = new Map<string, ReadonlySet<string>>()
  for (const id of oldestFirst) {
    const { parents = [], revision } = nodes.get(id) ?? {}
    spread.set(id, inheritedSet(spread, parents, revision?.labels ?? []))
  }
  for (const node of nodes.values()) {
    const { labels } = node.revision
    if (labels.length === 0 || !isOnlyLine(nodes, node)) continue
    for (const ancestor of plainAncestors(nodes, node)) {
      spread.set(ancestor, inheritedSet(spread, [ancestor], labels))
    }
  }
  return sortEach(spread)
}

/** Neither a fork (dependents count) nor a merge. */
const isPlain = ({ allChildren, parents }: RevisionNode): boolean =>
  allChildren.length <= 1 && parents.length <= 1

function isOnlyLine(nodes: LinkedNodes, from: RevisionNode): boolean {
  let node: RevisionNode | undefined = from
  while (node !== undefined && isPlain(node)) {
    const [child]: readonly string[] = node.children
    if (child === undefined) return true
    node = nodes.get(child)
  }
  return false
}

function* plainAncestors(nodes: LinkedNodes, from: RevisionNode) {
  let [parent] = from.parents
  while (parent !== undefined) {
    const node = nodes.get(parent)
    if (node === undefined || !isPlain(node)) return
    yield parent
    parent = node.parents[0]
  }
}

function sortEach(
  spread: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, readonly string[]> {
  const sorted = new Map<ReadonlySet<string>, readonly string[]>()
  for (const labels of spread.values()) {
    if (!sorted.has(labels)) sorted.set(labels, [...labels].sort())
  }
  return new Map([...spread].map(([id, labels]) => [id, sorted.get(labels) ?? []]))
}
