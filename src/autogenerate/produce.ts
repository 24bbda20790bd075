import { keepUnmodelled } from '../schema/keep.ts'
import type { Operation, Rename } from '../schema/operation.ts'
import { orderedRenames, renamesInOrder } from '../schema/rename/order.ts'
import { inverseRenames, newSchemas } from '../schema/rename/rename.ts'
import type { ObjectName } from '../schema/schema.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { type Stage, stageOperations, stages } from '../schema/stages.ts'
import { nothingAlong, type RenamedAlong } from './read-renamed.ts'

/** A revision to be written, as data. */
export interface RevisionDraft {
  readonly stage: Stage['kind']
  readonly upgrade: readonly Operation[]
  readonly downgrade: readonly Operation[]
  readonly hindrances?: ReadonlyMap<Operation, Hindrance>
}

/** What is in the way of an operation, and that models cannot say. */
export interface Hindrance {
  /** A line each, above the statement. */
  readonly notes: readonly string[]
  /** Statements that make way for it, and that put back what did. */
  readonly before: readonly DetourStatement[]
  readonly after: readonly DetourStatement[]
  /** What these change beside it. */
  readonly touches: readonly ObjectName[]
}

export interface DetourStatement {
  readonly sql: string
  /** What would be in the way without it, as PostgreSQL describes it: `trigger t on table u`. */
  readonly of: readonly string[]
}

/** May edit the operations of one body before they are written. */
export type EditOperations = (
  operations: readonly Operation[],
  of: {
    readonly direction: 'upgrade' | 'downgrade'
    /** `online`: a revision that runs outside a transaction. */
    readonly stage: Stage['kind']
  },
) => readonly Operation[]

/** How the revisions are to be made. */
export interface ProduceOptions {
  readonly renames: readonly Rename[]
  readonly edit?: EditOperations | undefined
  /** One revision, whatever it holds up: for those who run all of them in one transaction. */
  readonly inOne?: boolean
}

/** The database as it is, with the renames carried out, and as the models want it. */
export interface Ends {
  readonly live?: Snapshot
  readonly before: Snapshot
  readonly after: Snapshot
  readonly along?: RenamedAlong
}

/**
 * The revisions that lead from `before` to `after` and back, in the order to run them; none when nothing differs.
 * The renames go first up, and last down.
 */
export function produceRevisions(
  { before, after, live = before, along = nothingAlong }: Ends,
  { renames, edit = (operations) => operations, inOne = false }: ProduceOptions,
): readonly RevisionDraft[] {
  const whole: Stage = { kind: 'main', from: before, to: keepUnmodelled(before, after) }
  const drafts = (inOne ? [whole] : stages(before, after)).map(
    (stage): RevisionDraft => ({
      stage: stage.kind,
      upgrade: stageOperations(stage, 'upgrade'),
      downgrade: stageOperations(stage, 'downgrade'),
    }),
  )
  return withRenames(drafts, renames, { schemas: newSchemas(renames, live.schemas), along })
    .map(
      ({ stage, upgrade, downgrade }): RevisionDraft => ({
        stage,
        upgrade: edit(upgrade, { direction: 'upgrade', stage }),
        downgrade: edit(downgrade, { direction: 'downgrade', stage }),
      }),
    )
    .filter(({ upgrade, downgrade }) => upgrade.length + downgrade.length > 0)
}

function withRenames(
  drafts: readonly RevisionDraft[],
  renames: readonly Rename[],
  { schemas, along }: { schemas: readonly string[]; along: RenamedAlong },
): readonly RevisionDraft[] {
  if (renames.length === 0) return drafts
  const operations = (all: readonly Rename[]) =>
    all.map((rename): Operation => ({ kind: 'rename', rename }))
  const [first, ...others] = drafts
  // A rename is quick, and belongs into a transaction.
  const isOnline = first === undefined || first.stage === 'online'
  const { stage, upgrade, downgrade }: RevisionDraft = isOnline
    ? { stage: 'main', upgrade: [], downgrade: [] }
    : first
  return [
    {
      stage,
      upgrade: [
        ...schemas.map((name): Operation => ({ kind: 'create schema', name })),
        ...operations(orderedRenames(renames)),
        ...operations(orderedRenames(along.sequences)),
        ...renamesInOrder(along.notNulls),
        ...upgrade,
      ],
      downgrade: [
        ...downgrade,
        ...renamesInOrder(along.notNulls.map((one) => ({ ...one, from: one.to, to: one.from }))),
        ...operations(inverseRenames(along.sequences)),
        ...operations(inverseRenames(renames)),
        ...schemas.map((name): Operation => ({ kind: 'drop schema', name })),
      ],
    },
    ...(isOnline ? drafts : others),
  ]
}
