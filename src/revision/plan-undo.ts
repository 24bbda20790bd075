import { LimbeckError } from '../errors.ts'
import { parseTarget } from './identifier.ts'
import { planDowngrade } from './plan-downgrade.ts'
import type { Step } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'
import { appliedSet } from './rows.ts'
import { nodeOf } from './traverse.ts'

/** N of the target `-N`, which names neither a branch nor a revision; null for any other target. */
export function undoCount(target: string): number | null {
  const parsed = parseTarget(target)
  const isPlain = parsed.kind === 'relative' && parsed.branch === null && parsed.word === null
  return isPlain && parsed.steps < 0 ? -parsed.steps : null
}

/**
 * Undoes the `count` revisions that were applied last, one by one: each time, of those that nothing applied rests on, the
 * one that `lastFirst` (see appliedOrder) names first; what it does not name is older. Where it names none, the only one
 * there is, or the only parent of the one just undone. Throws LIMBECK_AMBIGUOUS_WALK with what to type when that leaves
 * several, LIMBECK_OUT_OF_RANGE, or LIMBECK_NO_SUCH_REVISION for an unknown row.
 */
export function planUndo(
  map: RevisionMap,
  rows: readonly string[],
  count: number,
  lastFirst: readonly string[] = [],
): readonly Step[] {
  const applied = appliedSet(map, rows)
  if (count > applied.size) throw outOfRange(count, applied.size)
  const rank = new Map(lastFirst.map((id, index) => [id, index]))
  const free = freeRevisions(map, applied)
  const undone: string[] = []
  let below: string | null = null
  while (undone.length < count) {
    const candidates = free.now()
    const [newest] = candidates
      .filter((id) => rank.has(id))
      .sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
    const certain = candidates.length === 1 ? candidates[0] : undefined
    const onLine = candidates.find((id) => id === below)
    const next = certain ?? newest ?? onLine
    if (next === undefined) throw ambiguous(map, candidates, undone)
    free.undo(next)
    undone.push(next)
    below = next === certain || next === onLine ? onlyParent(map, next) : null
  }
  return undone.map((revision) => ({ direction: 'downgrade', revision }))
}

function onlyParent(map: RevisionMap, id: string): string | null {
  const [parent = null, ...others] = nodeOf(map, id).parents
  return others.length === 0 ? parent : null
}

/** The applied revisions that nothing applied rests on, in load order, kept from step to step. */
function freeRevisions(map: RevisionMap, applied: ReadonlySet<string>) {
  const above = new Map<string, number>([...applied].map((id) => [id, 0]))
  const count = (id: string, by: number) => {
    for (const parent of nodeOf(map, id).allParents)
      above.set(parent, (above.get(parent) ?? 0) + by)
  }
  for (const id of applied) count(id, 1)
  const free = new Set([...applied].filter((id) => above.get(id) === 0))
  return {
    now: () => [...free].sort((a, b) => nodeOf(map, a).index - nodeOf(map, b).index),
    undo: (id: string) => {
      count(id, -1)
      free.delete(id)
      for (const parent of nodeOf(map, id).allParents) if (above.get(parent) === 0) free.add(parent)
    },
  }
}

function outOfRange(count: number, size: number): LimbeckError {
  const some = size === 1 ? 'only 1 is' : `only ${size} are`
  return new LimbeckError(
    'LIMBECK_OUT_OF_RANGE',
    `cannot undo ${count} revisions: ${size === 0 ? 'none is' : some} applied`,
    { hint: "Name the revision to go to, or 'base' to remove all." },
  )
}

function ambiguous(
  map: RevisionMap,
  candidates: readonly string[],
  undone: readonly string[],
): LimbeckError {
  const type = (target: string) => `\`npx limbeck downgrade ${target}\``
  const before = undone.length > 0 ? ` before ${undone.join(', ')}` : ''
  const first = undone.length > 0 ? `${type(`-${undone.length}`)}, then ` : ''
  const commands = candidates.flatMap((id) => undoOne(map, candidates, id) ?? []).map(type)
  return new LimbeckError(
    'LIMBECK_AMBIGUOUS_WALK',
    `cannot tell which of ${candidates.join(', ')} was applied last${before}: the history does not say`,
    {
      revisions: candidates,
      hint:
        commands.length === 0
          ? 'Name the revision to go to.'
          : `Run ${first}${commands.join(' or ')}.`,
    },
  )
}

/** A target that undoes this one of the rows and no other revision; null where no single target does. */
function undoOne(map: RevisionMap, rows: readonly string[], id: string): string | null {
  const targets = [`${id}@-1`, ...nodeOf(map, id).parents.map((parent) => `${id}@${parent}`)]
  return targets.find((target) => undoesOnly(map, rows, id, target)) ?? null
}

function undoesOnly(
  map: RevisionMap,
  rows: readonly string[],
  id: string,
  target: string,
): boolean {
  try {
    const [first, ...others] = planDowngrade(map, rows, target)
    return first?.revision === id && others.length === 0
  } catch (error) {
    if (error instanceof LimbeckError) return false
    throw error
  }
}
