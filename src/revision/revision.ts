import { LimbeckError } from '../errors.ts'

/** One node of the graph. Identifiers are whole: a parent is an id, a dependency an id or a label. */
export interface Revision {
  readonly id: string
  /** Parents (Alembic's down_revision): none for a base, several for a merge point. */
  readonly parents: readonly string[]
  /** Revisions that must be applied first without being parents. */
  readonly dependsOn: readonly string[]
  /** Branch labels declared on this very revision. */
  readonly labels: readonly string[]
}

export type Direction = 'upgrade' | 'downgrade'

/** The move of the version table across one revision, in one direction. */
export interface Step {
  readonly direction: Direction
  readonly revision: string
}

/** A move of the version table that runs nothing: `from` rows become `to` rows. */
export interface StampStep {
  readonly direction: 'stamp'
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly up: boolean
}

/** One compare-and-swap on the version table: an update or delete must hit exactly its row. */
export type RowChange =
  | { readonly kind: 'insert'; readonly version: string }
  | { readonly kind: 'update'; readonly from: string; readonly to: string }
  | { readonly kind: 'delete'; readonly version: string }

/** `@`, `+`, `-` and `:` mean something in an identifier, so an id that has them could never be named. */
const illegalInId = /[@+:-]/u

/**
 * What can be told of a revision without looking at any other. Throws LIMBECK_ILLEGAL_REVISION for an id that is
 * empty or holds one of `@ + - :`, LIMBECK_SELF_REFERENCE for a revision that is its own parent or dependency.
 */
export function checkRevision({ id, parents, dependsOn }: Revision): void {
  const forbidden = illegalInId.exec(id)
  if (id === '' || forbidden !== null) {
    const reason = forbidden === null ? 'is empty' : `contains '${forbidden[0]}'`
    throw new LimbeckError('LIMBECK_ILLEGAL_REVISION', `the revision id '${id}' ${reason}`, {
      revision: id,
      hint: 'Use letters, digits, underscores and dots.',
    })
  }
  if (parents.includes(id) || dependsOn.includes(id)) {
    const role = parents.includes(id) ? 'parent' : 'dependency'
    throw new LimbeckError('LIMBECK_SELF_REFERENCE', `revision ${id} is its own ${role}`, {
      revision: id,
      hint: 'Name the revision that comes before it instead, or none.',
    })
  }
}
