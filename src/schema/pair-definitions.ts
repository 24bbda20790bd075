import { sortedBy } from './names.ts'

/** A constraint or an index: what has the same definition is the same thing, whatever its name. */
interface Defined {
  readonly name: string
  readonly definition: string
  readonly kind?: string
  readonly unique?: boolean
  readonly modelled?: boolean
}

/** What stays (perhaps under another name), what goes, what comes. */
export interface Pairing<T> {
  readonly pairs: readonly (readonly [from: T, to: T])[]
  readonly removed: readonly T[]
  readonly added: readonly T[]
}

/** Pairs by definition, equal names first, then in the order of the names. */
export function pairDefinitions<T extends Defined>(
  from: readonly T[],
  to: readonly T[],
): Pairing<T> {
  if (from === to) return { pairs: from.map((item) => [item, item]), removed: [], added: [] }
  const left = new Set(sortedBy(from, ({ name }) => name))
  const right = new Set(sortedBy(to, ({ name }) => name))
  const pairs: [T, T][] = []
  const pair = (isPair: (old: T, now: T) => boolean): void => {
    for (const old of left) {
      const now = [...right].find((candidate) => isSame(old, candidate) && isPair(old, candidate))
      if (now === undefined) continue
      pairs.push([old, now])
      left.delete(old)
      right.delete(now)
    }
  }
  pair((old, now) => old.name === now.name)
  // An index that says more than models can was made by hand: it does not give up its name.
  pair((old) => old.modelled !== false)
  return { pairs, removed: [...left], added: [...right] }
}

function isSame(a: Defined, b: Defined): boolean {
  return a.definition === b.definition && a.kind === b.kind && a.unique === b.unique
}
