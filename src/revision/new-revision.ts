import { LimbeckError } from '../errors.ts'
import { resolve, resolveOne } from './resolve.ts'
import type { Revision } from './revision.ts'
import { buildRevisionMap, type RevisionMap } from './revision-map.ts'
import { nodeOf } from './traverse.ts'

/** What a new revision is to be. */
export interface NewRevision {
  readonly id: string
  /** Identifiers of its parents. Default `head`; `heads` joins all, `base` begins a line of its own. */
  readonly head?: string | readonly string[]
  /** Allow parents that are no heads. Default false: LIMBECK_NOT_A_HEAD. */
  readonly splice?: boolean
  readonly labels?: readonly string[]
  /** Identifiers; a label stays one, anything else becomes an id. */
  readonly dependsOn?: readonly string[]
}

/**
 * The revision that `revision` and `merge` write, checked against the graph before anything is written. Throws as
 * `resolve` and `buildRevisionMap` do, LIMBECK_NOT_A_HEAD, LIMBECK_ILLEGAL_REVISION for a parent named twice,
 * LIMBECK_INVALID_IDENTIFIER for a dependency on `base`.
 */
export function newRevision(map: RevisionMap, wanted: NewRevision): Revision {
  const { id, head = 'head', splice = false, labels = [], dependsOn = [] } = wanted
  const parents = resolve(map, head)
  refuseTwice(id, parents)
  if (!splice) refuseNonHeads(map, parents)
  const revision = {
    id,
    parents,
    dependsOn: dependsOn.map((text) => dependencyName(map, text)),
    labels,
  }
  const written = [...map.nodes.values()].map((node) => node.revision)
  buildRevisionMap([...written, revision])
  return revision
}

function refuseTwice(id: string, parents: readonly string[]): void {
  const twice = parents.find((parent, index) => parents.indexOf(parent) !== index)
  if (twice === undefined) return
  throw new LimbeckError(
    'LIMBECK_ILLEGAL_REVISION',
    `revision ${id} would have the parent ${twice} twice`,
    { revision: id, revisions: [twice], hint: 'Name each parent once.' },
  )
}

function refuseNonHeads(map: RevisionMap, parents: readonly string[]): void {
  const inner = parents.find((parent) => nodeOf(map, parent).children.length > 0)
  if (inner === undefined) return
  throw new LimbeckError('LIMBECK_NOT_A_HEAD', `revision ${inner} is not a head`, {
    revision: inner,
    revisions: map.heads,
    hint: 'Name a head, or add --splice to begin a branch there.',
  })
}

function dependencyName(map: RevisionMap, text: string): string {
  const id = resolveOne(map, text)
  if (id !== null) return map.labels.has(text) ? text : id
  throw new LimbeckError('LIMBECK_INVALID_IDENTIFIER', `'${text}' is nothing to depend on`, {
    hint: 'Name a revision or a label.',
  })
}
