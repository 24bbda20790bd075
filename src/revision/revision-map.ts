import { LimbeckError } from '../errors.ts'
import { topologicalSort } from '../graph.ts'
import { effectiveParents } from './effective-parents.ts'
import { spreadLabels } from './labels.ts'
import { checkRevision, type Revision } from './revision.ts'
import type { LinkedNodes, NodeDraft, RevisionNode } from './revision-node.ts'

/** The graph as one frozen value: everything that does not depend on a database. */
export interface RevisionMap {
  /** By id, in load order. */
  readonly nodes: ReadonlyMap<string, RevisionNode>
  /** Label to the id of the revision that declares it. */
  readonly labels: ReadonlyMap<string, string>
  /** Every id, each after its parents and dependencies. */
  readonly oldestFirst: readonly string[]
  /** No child. */
  readonly heads: readonly string[]
  /** Neither child nor dependent: what `heads` means. */
  readonly effectiveHeads: readonly string[]
  /** No parent. */
  readonly bases: readonly string[]
  /** Neither parent nor dependency. */
  readonly effectiveBases: readonly string[]
  /** More than one child. */
  readonly branchPoints: readonly string[]
  /** More than one parent. */
  readonly mergePoints: readonly string[]
}

/**
 * Builds the graph from revisions in load order. Throws LIMBECK_ILLEGAL_REVISION, LIMBECK_SELF_REFERENCE,
 * LIMBECK_DUPLICATE_REVISION, LIMBECK_DUPLICATE_LABEL, LIMBECK_MISSING_PARENT, LIMBECK_MISSING_DEPENDENCY, or
 * LIMBECK_CYCLE naming exactly the revisions of one cycle.
 */
export function buildRevisionMap(revisions: Iterable<Revision>): RevisionMap {
  const byId = indexRevisions(revisions)
  const labels = indexLabels(byId)
  const nodes = linkRevisions(byId, labels)
  const oldestFirst = sortOrRefuse(nodes)
  const effective = effectiveParents(nodes, oldestFirst)
  const spread = spreadLabels(nodes, oldestFirst)
  const all = [...nodes.values()]
  for (const node of all) {
    node.effectiveParents = effective.get(node.id) ?? node.allParents
    node.labels = spread.get(node.id) ?? []
  }
  const idsWhere = (holds: (node: RevisionNode) => boolean) =>
    Object.freeze(all.filter(holds).map(({ id }) => id))
  return Object.freeze({
    nodes,
    labels,
    oldestFirst: Object.freeze(oldestFirst),
    heads: idsWhere((node) => node.children.length === 0),
    effectiveHeads: idsWhere((node) => node.allChildren.length === 0),
    bases: idsWhere((node) => node.parents.length === 0),
    effectiveBases: idsWhere((node) => node.allParents.length === 0),
    branchPoints: idsWhere((node) => node.children.length > 1),
    mergePoints: idsWhere((node) => node.parents.length > 1),
  })
}

function indexRevisions(revisions: Iterable<Revision>): ReadonlyMap<string, Revision> {
  const byId = new Map<string, Revision>()
  for (const revision of revisions) {
    checkRevision(revision)
    if (byId.has(revision.id)) {
      throw new LimbeckError(
        'LIMBECK_DUPLICATE_REVISION',
        `revision ${revision.id} is there more than once`,
        { revision: revision.id, hint: 'Give one of them another id, or delete it.' },
      )
    }
    byId.set(revision.id, revision)
  }
  return byId
}

function indexLabels(byId: ReadonlyMap<string, Revision>): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { id, labels } of byId.values()) {
    for (const label of labels) {
      const owner = owners.get(label) ?? (byId.has(label) ? label : undefined)
      if (owner !== undefined) {
        const taken = owners.has(label)
          ? `is already used by revision ${owner}`
          : 'is a revision id'
        throw new LimbeckError(
          'LIMBECK_DUPLICATE_LABEL',
          `the branch label '${label}' of revision ${id} ${taken}`,
          {
            revision: id,
            revisions: [owner, id],
            hint: 'A label is given once in the whole graph.',
          },
        )
      }
      owners.set(label, id)
    }
  }
  return owners
}

function linkRevisions(
  byId: ReadonlyMap<string, Revision>,
  labels: ReadonlyMap<string, string>,
): ReadonlyMap<string, NodeDraft> {
  const nodes = new Map<string, NodeDraft>()
  for (const revision of byId.values()) {
    const { id, parents } = revision
    const dependsOn = revision.dependsOn.map((name) => labels.get(name) ?? name)
    const allParents = eachOnce(parents, dependsOn)
    const links = { parents, dependsOn, allParents, effectiveParents: allParents }
    const index = nodes.size
    nodes.set(id, { id, revision, index, ...links, children: [], allChildren: [], labels: [] })
  }
  for (const { id, revision, parents, allParents } of nodes.values()) {
    for (const parent of allParents) {
      const node = nodes.get(parent)
      if (node === undefined) throw missingReference(revision, parent)
      node.allChildren.push(id)
      if (parents.includes(parent)) node.children.push(id)
    }
  }
  return nodes
}

/** Both lists, each id once; the first list itself in the most frequent case. */
const eachOnce = (parents: readonly string[], dependsOn: readonly string[]): readonly string[] =>
  parents.length <= 1 && dependsOn.length === 0 ? parents : [...new Set([...parents, ...dependsOn])]

function missingReference({ id, parents }: Revision, missing: string): LimbeckError {
  const isParent = parents.includes(missing)
  return new LimbeckError(
    isParent ? 'LIMBECK_MISSING_PARENT' : 'LIMBECK_MISSING_DEPENDENCY',
    `revision ${id} ${isParent ? 'revises' : 'depends on'} ${missing}, which is not there`,
    {
      revision: id,
      revisions: [missing],
      hint: `Add the file of ${missing}, or write the whole id of ${isParent ? 'a revision' : 'a revision or a label'} that exists.`,
    },
  )
}

function sortOrRefuse(nodes: LinkedNodes): readonly string[] {
  const sorted = topologicalSort(nodes.keys(), (id) => nodes.get(id)?.allParents ?? [])
  if (sorted.kind === 'order') return sorted.order
  const [first = ''] = sorted.cycle
  throw new LimbeckError(
    'LIMBECK_CYCLE',
    `revisions go in a circle: ${[...sorted.cycle, first].join(' comes after ')}`,
    { revisions: sorted.cycle, hint: 'Correct the parents or dependencies of one of them.' },
  )
}
