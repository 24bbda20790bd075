// The public entry `limbeck/graph`: the pure planner. No I/O, no clock, no randomness.

export { LimbeckError, type LimbeckErrorCode, type LimbeckErrorDetails } from '../errors.ts'
export { appliedOrder, type RecordedMove } from './applied-order.ts'
export { applyStep, applySteps, type Move } from './apply-step.ts'
export { describeRevisions, type RevisionView } from './describe.ts'
export {
  type Identifier,
  type IdentifierRange,
  parseIdentifier,
  parseRange,
  parseTarget,
  type RelativeIdentifier,
} from './identifier.ts'
export { type NewRevision, newRevision } from './new-revision.ts'
export { type OfflinePlan, offlineRange, offlineStamp } from './offline.ts'
export { type DowngradeExtent, downgradeRevisions, planDowngrade } from './plan-downgrade.ts'
export { type PlanStampOptions, planStamp } from './plan-stamp.ts'
export { planUndo, undoCount } from './plan-undo.ts'
export { planUpgrade } from './plan-upgrade.ts'
export { type Bound, historyRange, type RangeExtent, revisionsBetween } from './range.ts'
export { filterLineage, resolve, resolveOne, resolveSome } from './resolve.ts'
export type { Direction, Revision, RowChange, StampStep, Step } from './revision.ts'
export { buildRevisionMap, type RevisionMap } from './revision-map.ts'
export type { RevisionNode } from './revision-node.ts'
export { applyChanges } from './row-changes.ts'
export {
  appliedSet,
  currentRevisions,
  knownRows,
  pendingRevisions,
  requireHeads,
} from './rows.ts'
export {
  ancestorsOrSelf,
  descendantsOrSelf,
  lineage,
  overlapping,
  type Through,
} from './traverse.ts'
