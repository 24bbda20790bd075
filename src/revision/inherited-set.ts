const nothing: ReadonlySet<string> = new Set()

/**
 * What a revision has from its parents and of its own. The very set of a parent where nothing is to be added, so
 * that a long line shares one.
 */
export function inheritedSet(
  sets: ReadonlyMap<string, ReadonlySet<string>>,
  parents: readonly string[],
  own: readonly string[],
): ReadonlySet<string> {
  let result = nothing
  for (const parent of parents) {
    const set = sets.get(parent) ?? nothing
    if (result.size === 0) result = set
    else if (set.size > 0 && set !== result) result = new Set([...result, ...set])
  }
  return own.length === 0 ? result : new Set([...result, ...own])
}
