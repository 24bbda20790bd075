import { inheritedSet } from './inherited-set.ts'
import type { LinkedNodes } from './revision-node.ts'

/**
 * Parents and dependencies of each revision that repeats a dependency which a revision above it in its own line
 * (through parents) already declares, without that. For all other revisions it is all of them; they have no entry.
 */
export function effectiveParents(
  nodes: LinkedNodes,
  oldestFirst: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const repeated = declaredTwice(nodes)
  const declared = new Map<string, ReadonlySet<string>>()
  const effective = new Map<string, readonly string[]>()
  if (repeated.size === 0) return effective
  for (const id of oldestFirst) {
    const { parents = [], dependsOn = [] } = nodes.get(id) ?? {}
    const above = inheritedSet(declared, parents, [])
    const own = dependsOn.filter((dependency) => repeated.has(dependency))
    declared.set(id, own.length > 0 ? new Set([...above, ...own]) : above)
    if (own.some((dependency) => above.has(dependency))) {
      const kept = dependsOn.filter((dependency) => !above.has(dependency))
      effective.set(id, [...new Set([...parents, ...kept])])
    }
  }
  return effective
}

/** Only these can be repeated further down; all else need not be carried along. */
function declaredTwice(nodes: LinkedNodes): ReadonlySet<string> {
  const once = new Set<string>()
  const twice = new Set<string>()
  for (const { dependsOn } of nodes.values()) {
    for (const dependency of dependsOn) {
      if (once.has(dependency)) twice.add(dependency)
      once.add(dependency)
    }
  }
  return twice
}
