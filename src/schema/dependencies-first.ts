import { keyOf } from './names.ts'
import type { ObjectName } from './schema.ts'

/**
 * The objects, each after those it depends on; otherwise in the given order. Where they depend on each other in a
 * circle, the one that is met first comes last.
 */
export function dependenciesFirst<T extends ObjectName>(
  objects: readonly T[],
  dependenciesOf: (object: T) => readonly string[],
): readonly T[] {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]))
  const visited = new Set<T>()
  const ordered: T[] = []
  const visit = (object: T): void => {
    if (visited.has(object)) return
    visited.add(object)
    for (const key of dependenciesOf(object)) {
      const dependency = byKey.get(key)
      if (dependency !== undefined) visit(dependency)
    }
    ordered.push(object)
  }
  for (const object of objects) visit(object)
  return ordered
}
