/** What a sort ends in: the whole order, or one cycle that forbids any order. */
export type Sorted =
  | { readonly kind: 'order'; readonly order: readonly string[] }
  | { readonly kind: 'cycle'; readonly cycle: readonly string[] }

/** A node whose dependencies are being visited: the path from the first visit down to it is the stack. */
interface Visit {
  readonly id: string
  readonly rest: Iterator<string>
}

/**
 * Orders `ids` so that each comes after what it depends on. Deterministic: without dependencies the given order
 * stays. Dependencies that are not among `ids` are ignored. Never throws: a cycle is reported, each of its ids
 * depending on the next one and the last on the first.
 */
export function topologicalSort(
  ids: Iterable<string>,
  dependenciesOf: (id: string) => Iterable<string>,
): Sorted {
  const all = new Set(ids)
  const open = new Set<string>()
  const order = new Set<string>()
  const begin = (id: string): Visit => {
    open.add(id)
    return { id, rest: dependenciesOf(id)[Symbol.iterator]() }
  }
  for (const id of all) {
    if (order.has(id)) continue
    const path = [begin(id)]
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { done, value: next } = visit.rest.next()
      if (done) {
        open.delete(visit.id)
        order.add(visit.id)
        path.pop()
      } else if (open.has(next)) {
        const cycle = path.map((step) => step.id)
        return { kind: 'cycle', cycle: cycle.slice(cycle.indexOf(next)) }
      } else if (all.has(next) && !order.has(next)) {
        path.push(begin(next))
      }
    }
  }
  return { kind: 'order', order: [...order] }
}
