import type { RevisionMap } from './revision-map.ts'
import { nodeOf } from './traverse.ts'

/**
 * Prepares the question whether a fork is below a revision, both of `needed`, to be answered in constant time: one
 * bit per fork for each revision. A search each time would visit the whole graph once per branch.
 */
export function forkReach(
  map: RevisionMap,
  needed: ReadonlySet<string>,
  forks: readonly string[],
): (fork: string, revision: string) => boolean {
  if (forks.length === 0) return () => false
  const columns = new Map(forks.map((id, index) => [id, index]))
  const nothing = new Uint32Array(Math.ceil(forks.length / 32))
  const reached = new Map<string, Uint32Array>()
  for (const id of map.oldestFirst) {
    if (!needed.has(id)) continue
    const { effectiveParents } = nodeOf(map, id)
    const column = columns.get(id)
    const [first = ''] = effectiveParents
    let bits = reached.get(first) ?? nothing
    // What adds nothing shares the bits of its parent.
    if (effectiveParents.length > 1 || column !== undefined) {
      bits = bits.slice()
      for (const parent of effectiveParents) addBits(bits, reached.get(parent) ?? nothing)
      if (column !== undefined) setBit(bits, column)
    }
    reached.set(id, bits)
  }
  return (fork, revision) => hasBit(reached.get(revision) ?? nothing, columns.get(fork))
}

function addBits(bits: Uint32Array, others: Uint32Array): void {
  for (let word = 0; word < bits.length; word++)
    bits[word] = wordAt(bits, word) | wordAt(others, word)
}

function setBit(bits: Uint32Array, column: number): void {
  bits[column >>> 5] = wordAt(bits, column >>> 5) | (1 << (column & 31))
}

const hasBit = (bits: Uint32Array, column: number | undefined): boolean =>
  column !== undefined && ((wordAt(bits, column >>> 5) >>> (column & 31)) & 1) === 1

const wordAt = (bits: Uint32Array, word: number): number => bits[word] ?? 0
