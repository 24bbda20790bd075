import { LimbeckError } from '../errors.ts'
import { parseTarget, type RelativeIdentifier } from './identifier.ts'
import { newestFirst } from './order.ts'
import { branchMembers, resolve, resolveOne } from './resolve.ts'
import type { Step } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'
import { appliedSet, knownRows } from './rows.ts'
import { ancestorsOrSelf, nodeOf, overlapping } from './traverse.ts'
import { tooFew, walkDown, walkUp } from './walk.ts'

/**
 * The steps from the version rows to one or several targets, dependencies included; empty when all of it is
 * applied, so also for a target older than the rows. Throws as `resolve` does, LIMBECK_OVERLAPPING_ROWS when one row
 * or target is an ancestor of another, LIMBECK_AMBIGUOUS_WALK or LIMBECK_OUT_OF_RANGE for a relative target.
 */
export function planUpgrade(
  map: RevisionMap,
  rows: readonly string[],
  target: string | readonly string[],
): readonly Step[] {
  const current = knownRows(map, rows)
  const texts = typeof target === 'string' ? [target] : target
  const targets = texts.flatMap((text) => upgradeTargets(map, current, text))
  refuseOverlap(map, targets, 'targets')
  refuseOverlap(map, current, 'rows')
  const applied = appliedSet(map, current)
  const needed = new Set([...ancestorsOrSelf(map, targets)].filter((id) => !applied.has(id)))
  return newestFirst(map, targets, needed)
    .toReversed()
    .map((revision) => ({ direction: 'upgrade', revision }))
}

/**
 * The revisions an upgrade from these rows leads to. With `clamp` a walk that is too long ends at the last revision.
 * Throws as `planUpgrade` does.
 */
export function upgradeTargets(
  map: RevisionMap,
  rows: readonly string[],
  text: string,
  clamp = false,
): readonly string[] {
  const target = parseTarget(text)
  if (target.kind === 'symbol') return resolve(map, text)
  const { position, missing } = walk(map, rows, target)
  if (position === null || (missing > 0 && !clamp)) throw outOfRange(target, missing)
  return [position]
}

function walk(map: RevisionMap, rows: readonly string[], target: RelativeIdentifier) {
  const { branch, word, steps } = target
  if (word === null && steps <= 0) throw outOfRange(target)
  if (steps > 0) {
    const members = branch === null ? null : branchMembers(map, branch)
    const start = word === null ? startOf(map, rows, members) : resolveOne(map, word)
    return walkUp(map, start, steps, members)
  }
  const start = resolveOne(map, branch === null ? `${word}` : `${branch}@${word}`)
  return walkDown(map, start, -steps)
}

/** Where a relative upgrade begins: the one row, the one row or implied tip of the branch, or base. */
function startOf(
  map: RevisionMap,
  rows: readonly string[],
  members: ReadonlySet<string> | null,
): string | null {
  const own = members === null ? rows : rows.filter((row) => members.has(row))
  const starts = own.length > 0 || members === null ? own : appliedTips(map, rows, members)
  const [start = null, ...others] = starts
  if (others.length === 0) return start
  throw new LimbeckError(
    'LIMBECK_AMBIGUOUS_WALK',
    `there are ${starts.length} revisions to go up from: ${starts.join(', ')}`,
    { revisions: starts, hint: "Type 'branch@+N', or name the revision to go to." },
  )
}

function appliedTips(
  map: RevisionMap,
  rows: readonly string[],
  members: ReadonlySet<string>,
): readonly string[] {
  const applied = [...appliedSet(map, rows)].filter((id) => members.has(id))
  const covered = new Set(applied.flatMap((id) => nodeOf(map, id).effectiveParents))
  return applied.filter((id) => !covered.has(id))
}

function outOfRange({ text, word, steps }: RelativeIdentifier, missing = 0): LimbeckError {
  const from = word === null ? 'where the database is' : `'${word}'`
  const reason =
    steps > 0 ? tooFew(steps - missing, 'above', from) : 'it does not lead to a revision'
  return new LimbeckError('LIMBECK_OUT_OF_RANGE', `cannot upgrade to '${text}': ${reason}`, {
    hint: 'Name the revision to go to; `npx limbeck history -i` shows where the database is.',
  })
}

/** One of them being an ancestor of another is a state no upgrade leads to, so none may start from it. */
export function refuseOverlap(
  map: RevisionMap,
  ids: readonly string[],
  what: 'rows' | 'targets',
): void {
  const covered = overlapping(map, ids)
  if (covered.length === 0) return
  const subject = what === 'rows' ? 'The version table names' : 'The targets include'
  throw new LimbeckError(
    'LIMBECK_OVERLAPPING_ROWS',
    `${subject} ${covered.join(', ')}, which another of them already includes`,
    {
      revisions: covered,
      hint:
        what === 'rows'
          ? 'Repair the table with `npx limbeck stamp --purge <revision> …`, naming the revisions that are applied.'
          : `Leave out ${covered.join(', ')}.`,
    },
  )
}
