/** What two lists of named things have in common, and what only one of them has. */
export interface KeyedDiff<From, To> {
  /** In the order of `to`. */
  readonly added: readonly To[]
  /** In the order of `from`. */
  readonly removed: readonly From[]
  /** In the order of `to`. */
  readonly common: readonly (readonly [from: From, to: To])[]
}

/** Compares by key only; what common things look like is for the caller to compare. */
export function keyedDiff<From, To>(
  from: readonly From[],
  to: readonly To[],
  keyOf: (item: From | To) => string,
): KeyedDiff<From, To> {
  const before = new Map(from.map((item) => [keyOf(item), item]))
  const after = new Set(to.map(keyOf))
  const added: To[] = []
  const common: [From, To][] = []
  for (const item of to) {
    const old = before.get(keyOf(item))
    if (old === undefined) added.push(item)
    else common.push([old, item])
  }
  return { added, common, removed: from.filter((item) => !after.has(keyOf(item))) }
}
