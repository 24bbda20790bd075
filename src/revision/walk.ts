import { LimbeckError } from '../errors.ts'
import type { RevisionMap } from './revision-map.ts'
import { nodeOf } from './traverse.ts'

/** Where a walk ended: a revision or null for base, and how many steps could not be made. */
export interface Walked {
  readonly position: string | null
  readonly missing: number
}

/**
 * Goes `steps` up from a revision, or from base (null), through children within `members` only. Throws
 * LIMBECK_AMBIGUOUS_WALK at a fork.
 */
export function walkUp(
  map: RevisionMap,
  start: string | null,
  steps: number,
  members: ReadonlySet<string> | null = null,
): Walked {
  let position = start
  for (let missing = steps; missing > 0; missing--) {
    const above = position === null ? map.bases : nodeOf(map, position).children
    const next = onlyOne(position, members === null ? above : above.filter((id) => members.has(id)))
    if (next === undefined) return { position, missing }
    position = next
  }
  return { position, missing: 0 }
}

/**
 * Goes `steps` down from a revision through parents; one below the first is base. From base (null) the first step
 * leads round to the head, as Alembic has it. Throws LIMBECK_AMBIGUOUS_WALK at a merge.
 */
export function walkDown(map: RevisionMap, start: string | null, steps: number): Walked {
  let position = start
  for (let missing = steps; missing > 0; missing--) {
    const isRound = position === null && missing === steps
    if (position === null && !isRound) return { position, missing }
    const below = position === null ? map.heads : nodeOf(map, position).parents
    position = onlyOne(position, below) ?? null
  }
  return { position, missing: 0 }
}

/** Why a walk ended before its last step. */
export function tooFew(count: number, where: 'above' | 'below', from: string): string {
  if (count <= 0) return `there is no revision ${where} ${from}`
  const found = count === 1 ? 'is only 1 revision' : `are only ${count} revisions`
  return `there ${found} ${where} ${from}`
}

function onlyOne(from: string | null, candidates: readonly string[]): string | undefined {
  const [only, ...others] = candidates
  if (others.length === 0) return only
  throw new LimbeckError(
    'LIMBECK_AMBIGUOUS_WALK',
    `from ${from ?? 'base'} there are ${candidates.length} ways to go: ${candidates.join(', ')}`,
    { revisions: candidates, hint: 'Name the revision to go to.' },
  )
}
