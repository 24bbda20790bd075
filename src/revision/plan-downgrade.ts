import { LimbeckError } from '../errors.ts'
import { parseTarget, type RelativeIdentifier } from './identifier.ts'
import { newestFirst } from './order.ts'
import { branchMembers, resolveBranch, resolveOne } from './resolve.ts'
import type { Step } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'
import { appliedSet, currentRevisions, knownRows } from './rows.ts'
import { ancestorsOrSelf, descendantsOrSelf, nodeOf } from './traverse.ts'
import { tooFew, walkDown, walkUp } from './walk.ts'

/** What a downgrade goes down to (null is base), and the branch that bounds it. */
interface DowngradeTarget {
  readonly id: string | null
  readonly branch: string | null
}

/**
 * The steps from the version rows down to the target: all that is applied above it, dependents in other branches
 * included; empty when the target is a row. Throws as `resolve` does, LIMBECK_NOT_APPLIED, LIMBECK_NOT_IN_BRANCH,
 * LIMBECK_AMBIGUOUS_WALK or LIMBECK_OUT_OF_RANGE.
 */
export function planDowngrade(
  map: RevisionMap,
  rows: readonly string[],
  target: string,
): readonly Step[] {
  return downgradeRevisions(map, rows, target).map((revision) => ({
    direction: 'downgrade',
    revision,
  }))
}

/** What else a downgrade takes along. */
export interface DowngradeExtent {
  /** The target itself goes as well. Default false. */
  readonly inclusive?: boolean
  /** Lines that have nothing to do with the target go down to base. Default false. */
  readonly otherLines?: boolean
}

/** Where what is removed begins: at the target itself, or at its children. */
const aboveOf = (map: RevisionMap, id: string, inclusive: boolean): readonly string[] =>
  inclusive ? [id] : nodeOf(map, id).children

/** The revisions a downgrade removes, in order. Throws as `planDowngrade` does. */
export function downgradeRevisions(
  map: RevisionMap,
  rows: readonly string[],
  target: string,
  { inclusive = false, otherLines = false }: DowngradeExtent = {},
): readonly string[] {
  const current = knownRows(map, rows)
  const { id, branch } = downgradeTarget(map, current, target)
  const above = id === null ? map.bases : aboveOf(map, id, inclusive)
  const roots = branchRoots(map, above, branch)
  const applied = appliedSet(map, current)
  const removed = new Set([...descendantsOrSelf(map, roots)].filter((each) => applied.has(each)))
  if (otherLines) {
    const below = ancestorsOrSelf(map, roots)
    for (const each of applied) if (!below.has(each)) removed.add(each)
  }
  if (id !== null && removed.size === 0 && !current.includes(id)) throw notApplied(id, applied)
  return newestFirst(map, current, removed)
}

function downgradeTarget(map: RevisionMap, rows: readonly string[], text: string): DowngradeTarget {
  const target = parseTarget(text)
  if (target.kind === 'relative') return relativeTarget(map, rows, target)
  const at = text.lastIndexOf('@')
  const branch = text.slice(0, Math.max(at, 0)) || null
  if (branch !== null) resolveBranch(map, branch)
  // The branch bounds what goes, not what is named: `c1@c2` is c2, as Alembic has it.
  return { id: resolveOne(map, text.slice(at + 1)), branch }
}

/** Of the revisions that would go first, those that lead to the branch; a single one goes in any case. */
function branchRoots(
  map: RevisionMap,
  roots: readonly string[],
  branch: string | null,
): readonly string[] {
  if (branch === null || roots.length <= 1) return roots
  const line = ancestorsOrSelf(map, [resolveBranch(map, branch)], 'parents')
  const kept = roots.filter((id) => line.has(id))
  if (kept.length > 0) return kept
  throw new LimbeckError(
    'LIMBECK_NOT_IN_BRANCH',
    `none of ${roots.join(', ')} leads to branch '${branch}', so there is nothing to downgrade`,
    { revisions: roots, hint: `Type one of them as the branch: '${roots[0]}@…'.` },
  )
}

function relativeTarget(
  map: RevisionMap,
  rows: readonly string[],
  target: RelativeIdentifier,
): DowngradeTarget {
  const { word, steps } = target
  const start = word === null ? startOf(map, rows, target) : { word, branch: target.branch }
  const walked = steps < 0 ? down(map, start, -steps) : up(map, start, steps)
  if (walked.missing > 0) {
    const from = word === null ? 'where the database is' : `'${word}'`
    const found = Math.abs(steps) - walked.missing
    // What is below the first revision is base, which is no revision.
    throw outOfRange(
      target,
      steps < 0 ? tooFew(found - 1, 'below', from) : tooFew(found, 'above', from),
    )
  }
  return { id: walked.position, branch: start.branch }
}

interface Start {
  readonly word: string
  readonly branch: string | null
}

const down = (map: RevisionMap, { word, branch }: Start, steps: number) =>
  walkDown(map, resolveOne(map, branch === null ? word : `${branch}@${word}`), steps)

const up = (map: RevisionMap, { word, branch }: Start, steps: number) =>
  walkUp(map, resolveOne(map, word), steps, branch === null ? null : branchMembers(map, branch))

/** `-N`: the first row, which then is the branch as well. `branch@-N`: what is applied of the branch. */
function startOf(map: RevisionMap, rows: readonly string[], target: RelativeIdentifier): Start {
  const { branch, steps } = target
  if (steps >= 0) throw outOfRange(target, 'a downgrade does not go up')
  if (branch === null) {
    const [first] = rows
    if (first === undefined) throw outOfRange(target, 'no revision is applied')
    return { word: first, branch: first }
  }
  const members = branchMembers(map, branch)
  const own = rows.filter((row) => members.has(row))
  const implied = () => currentRevisions(map, rows).filter((id) => members.has(id))
  const starts = own.length > 0 ? own : implied()
  const [start, ...others] = starts
  if (start !== undefined && others.length === 0) return { word: start, branch }
  throw new LimbeckError(
    start === undefined ? 'LIMBECK_NOT_APPLIED' : 'LIMBECK_AMBIGUOUS_WALK',
    start === undefined
      ? `No revision that is applied last belongs to branch '${branch}'`
      : `Branch '${branch}' is applied up to ${starts.length} revisions: ${starts.join(', ')}`,
    { revisions: starts, hint: 'Name the revision to go to.' },
  )
}

function outOfRange({ text }: RelativeIdentifier, reason: string): LimbeckError {
  return new LimbeckError('LIMBECK_OUT_OF_RANGE', `cannot downgrade to '${text}': ${reason}`, {
    hint: "Name the revision to go to, or 'base' to remove all.",
  })
}

function notApplied(id: string, applied: ReadonlySet<string>): LimbeckError {
  const reason = applied.has(id)
    ? 'nothing above it in its own line is applied; revisions that depend on it are'
    : 'it is not applied'
  return new LimbeckError('LIMBECK_NOT_APPLIED', `cannot downgrade to ${id}: ${reason}`, {
    revision: id,
    hint: '`npx limbeck current` shows what is applied.',
  })
}
