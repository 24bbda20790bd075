import type { RowChange, StampStep, Step } from './revision.ts'
import type { RevisionMap } from './revision-map.ts'
import type { RevisionNode } from './revision-node.ts'
import { applyChanges, rowChanges, versionConflict } from './row-changes.ts'
import { appliedSet } from './rows.ts'
import { nodeOf, overlapping } from './traverse.ts'

/** A step and what it does to the version table. */
export interface Move<S extends Step | StampStep = Step | StampStep> {
  readonly step: S
  readonly before: readonly string[]
  readonly rows: readonly string[]
  readonly changes: readonly RowChange[]
}

/**
 * The rows after one step and the changes that lead there. Throws LIMBECK_VERSION_CONFLICT when the step does not fit
 * the rows, LIMBECK_NO_SUCH_REVISION for an unknown row. For several steps `applySteps` is the fast way.
 */
export function applyStep<S extends Step | StampStep>(
  map: RevisionMap,
  rows: readonly string[],
  step: S,
): Move<S> {
  const [move] = applySteps(map, rows, [step])
  return move as Move<S>
}

/**
 * Carries the rows through the steps, one move at a time. The invariant: after every step the rows are exactly the
 * maximal elements of the applied set, through parents and dependencies. Throws as `applyStep` does, at that step.
 */
export function* applySteps<S extends Step | StampStep>(
  map: RevisionMap,
  rows: readonly string[],
  steps: Iterable<S>,
): Generator<Move<S>, void, undefined> {
  let before = rows
  let state: AppliedState | undefined
  for (const step of steps) {
    let changes: readonly RowChange[]
    if (step.direction === 'stamp') {
      changes = stampChanges(before, step)
      state = undefined
    } else {
      state ??= startFrom(map, before)
      changes = takeStep(map, state, before, step)
    }
    const after = applyChanges(before, changes)
    yield { step, before, rows: after, changes }
    before = after
  }
}

/** The applied set, kept from step to step, so that a step costs as much as it has parents. */
interface AppliedState {
  /** Each applied revision with the number of applied revisions directly above it. */
  readonly above: Map<string, number>
  /** Rows that another row includes; the first step removes them. */
  stale: readonly string[]
}

function startFrom(map: RevisionMap, rows: readonly string[]): AppliedState {
  const applied = appliedSet(map, rows)
  const above = new Map<string, number>([...applied].map((id) => [id, 0]))
  for (const id of applied) {
    for (const parent of nodeOf(map, id).allParents) above.set(parent, (above.get(parent) ?? 0) + 1)
  }
  return { above, stale: overlapping(map, rows) }
}

function takeStep(
  map: RevisionMap,
  state: AppliedState,
  rows: readonly string[],
  { direction, revision }: Step,
): readonly RowChange[] {
  const node = nodeOf(map, revision)
  const { stale } = state
  state.stale = []
  if (direction === 'downgrade') {
    const uncovered = takeAway(state, rows, node)
    return rowChanges([...without(stale, uncovered), revision], without(uncovered, stale))
  }
  const covered = put(state, rows, node)
  return rowChanges([...stale, ...covered], [revision])
}

/** Adds a revision to the applied set; returns the rows it covers from now on. */
function put({ above }: AppliedState, rows: readonly string[], node: RevisionNode): string[] {
  const { id, allParents } = node
  if (above.has(id)) throw versionConflict(rows, `${id} is already applied`)
  const missing = allParents.filter((parent) => !above.has(parent))
  if (missing.length > 0) throw versionConflict(rows, `${id} needs ${missing.join(', ')}`)
  const covered = allParents.filter((parent) => above.get(parent) === 0)
  for (const parent of allParents) above.set(parent, (above.get(parent) ?? 0) + 1)
  above.set(id, 0)
  return covered
}

/** Takes a revision out of the applied set; returns the parents that nothing covers any more. */
function takeAway({ above }: AppliedState, rows: readonly string[], node: RevisionNode): string[] {
  const { id, allParents } = node
  if (above.get(id) !== 0) {
    const reason = above.has(id) ? 'revisions above it are applied' : 'it is not applied'
    throw versionConflict(rows, `${id} cannot be undone, ${reason}`)
  }
  above.delete(id)
  for (const parent of allParents) above.set(parent, (above.get(parent) ?? 0) - 1)
  return allParents.filter((parent) => above.get(parent) === 0)
}

/** What an earlier move has already replaced is not there to be replaced again. */
function stampChanges(rows: readonly string[], { from, to }: StampStep): readonly RowChange[] {
  const removed = from.filter((row) => rows.includes(row) && !to.includes(row))
  return rowChanges(removed, without(to, rows))
}

const without = (ids: readonly string[], others: readonly string[]): readonly string[] =>
  ids.filter((id) => !others.includes(id))
