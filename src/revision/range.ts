import { LimbeckError } from '../errors.ts'
import { parseIdentifier, parseRange } from './identifier.ts'
import { newestFirst } from './order.ts'
import { refuseOverlap, upgradeTargets } from './plan-upgrade.ts'
import { branchMembers, resolve, resolveBranch, resolveOne } from './resolve.ts'
import type { RevisionMap } from './revision-map.ts'
import { knownRows } from './rows.ts'
import { ancestorsOrSelf, descendantsOrSelf, nodeOf } from './traverse.ts'

/** One end of a range: an identifier, or several. */
export type Bound = string | readonly string[]

/** What belongs to a range. */
export interface RangeExtent {
  /** The lower end itself. Default true. */
  readonly inclusive?: boolean
  /** Whatever the upper end needs and the lower has not, not only descendants of the lower. Default false. */
  readonly otherLines?: boolean
}

/**
 * The revisions that `history start:end` lists, newest first, both ends included; without a range all of them.
 * `current` stands for the rows, on one side. Throws LIMBECK_INVALID_IDENTIFIER for what is no range, else as
 * `revisionsBetween` does.
 */
export function historyRange(
  map: RevisionMap,
  rows: readonly string[],
  text: string | null = null,
): readonly string[] {
  const range = text === null ? { start: null, end: null } : parseRange(text)
  if (range === null) {
    throw new LimbeckError('LIMBECK_INVALID_IDENTIFIER', `'${text}' is not a range`, {
      hint: `Type 'start:end'; one side may be empty, as in '${text}:'.`,
    })
  }
  const current = (otherwise: string) => (rows.length > 0 ? knownRows(map, rows) : otherwise)
  const upper = range.end === 'current' ? current('heads') : (range.end ?? 'heads')
  const isFromCurrent = range.start === 'current' && range.end !== 'current'
  return revisionsBetween(map, isFromCurrent ? current('base') : (range.start ?? 'base'), upper)
}

/**
 * The revisions from a lower to an upper end, newest first. A relative end that leads too far stops at the first or
 * last revision. Throws as `resolve` does, LIMBECK_NOT_RELATED when the lower end is not below the upper,
 * LIMBECK_OVERLAPPING_ROWS, LIMBECK_AMBIGUOUS_WALK or LIMBECK_OUT_OF_RANGE.
 */
export function revisionsBetween(
  map: RevisionMap,
  lower: Bound,
  upper: Bound,
  { inclusive = true, otherLines = false }: RangeExtent = {},
): readonly string[] {
  const targets = inBranchOf(map, lower, upperEnds(map, lower, upper))
  refuseOverlap(map, targets, 'targets')
  const required = ancestorsOrSelf(map, targets)
  const starts = resolve(map, lower)
  const unrelated = otherLines ? undefined : starts.find((id) => !required.has(id))
  if (unrelated !== undefined) throw notRelated(unrelated, targets)
  refuseOverlap(map, starts, 'targets')
  const passed = ancestorsOrSelf(map, starts)
  const needed = new Set([...required].filter((id) => !passed.has(id)))
  if (inclusive) for (const id of starts) needed.add(id)
  if (starts.length > 0 && !otherLines) {
    const above = descendantsOrSelf(map, starts, 'parents')
    for (const id of needed) if (!above.has(id)) needed.delete(id)
  }
  // Where the way to a revision leads through others that are left out, the order is theirs as well.
  const isWhole = [...needed].every((id) => targets.includes(id) || isBelowOne(map, id, needed))
  const walked = newestFirst(map, targets, isWhole ? needed : required)
  return walked.filter((id) => needed.has(id))
}

const isBelowOne = (map: RevisionMap, id: string, others: ReadonlySet<string>): boolean =>
  nodeOf(map, id).allChildren.some((child) => others.has(child))

function upperEnds(map: RevisionMap, lower: Bound, upper: Bound): readonly string[] {
  if (typeof upper !== 'string') return resolve(map, upper)
  const from = () => (typeof lower === 'string' ? (resolveOne(map, lower) ?? []) : lower)
  return /^[^:]*[+-]\d/u.test(upper)
    ? upgradeTargets(map, [from()].flat(), upper, true)
    : resolve(map, upper)
}

/** `branch@…:` lists that branch only: of the upper ends those that carry its label. */
function inBranchOf(map: RevisionMap, lower: Bound, targets: readonly string[]): readonly string[] {
  const branch = typeof lower === 'string' ? parseIdentifier(lower).branch : null
  if (branch === null) return targets
  const carrier = map.nodes.get(resolveBranch(map, branch))
  // An id stands for the label it carries; where that is not exactly one, for its own line.
  const declared = carrier?.revision.labels.find((label) => label.startsWith(branch))
  const carried = carrier?.labels.length === 1 ? carrier.labels[0] : undefined
  const label = branch === carrier?.id ? carried : (declared ?? carried)
  const members = label === undefined ? branchMembers(map, branch) : null
  return targets.filter((id) =>
    label === undefined ? members?.has(id) : map.nodes.get(id)?.labels.includes(label),
  )
}

function notRelated(id: string, targets: readonly string[]): LimbeckError {
  const upper = targets.join(', ') || 'base'
  return new LimbeckError('LIMBECK_NOT_RELATED', `revision ${id} is not an ancestor of ${upper}`, {
    revision: id,
    revisions: targets,
    hint: 'Write the older revision first.',
  })
}
