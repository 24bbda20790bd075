import { type Case, type CaseRevision, rowsOf, textsOf } from './case.ts'

/** Rows of the version table; their order says nothing. */
export type Rows = readonly string[]

/**
 * The invariant in its plainest form, straight from a case's own graph: nothing here knows how Limbeck does it.
 */
export interface Oracle {
  /** The revisions and all their ancestors, through parents and dependencies. */
  ancestorsOrSelf(ids: Iterable<string>): Set<string>
  /** Those of `ids` that are no ancestor of another of them, sorted. */
  maximal(ids: Iterable<string>): string[]
}

export function oracleOf(graph: readonly CaseRevision[]): Oracle {
  const byId = new Map(graph.map((revision) => [revision.id, revision]))
  const labels = new Map(graph.flatMap(({ id, labels }) => labels.map((label) => [label, id])))
  const parents = (id: string) => {
    const { down = [], dependsOn = [] } = byId.get(id) ?? {}
    return [...down, ...dependsOn.map((name) => labels.get(name) ?? name)]
  }
  const ancestorsOrSelf = (ids: Iterable<string>): Set<string> => {
    const reached = new Set(ids)
    for (const id of reached) for (const parent of parents(id)) reached.add(parent)
    return reached
  }
  const maximal = (ids: Iterable<string>): string[] => {
    const unique = [...new Set(ids)]
    const covered = ancestorsOrSelf(unique.flatMap(parents))
    return unique.filter((id) => !covered.has(id)).sort()
  }
  return { ancestorsOrSelf, maximal }
}

/** The rows that the invariant asks for after each step of an upgrade or downgrade. */
export function rowsByInvariant(fact: Case, steps: readonly string[]): readonly Rows[] {
  const { ancestorsOrSelf, maximal } = oracleOf(fact.graph)
  const applied = ancestorsOrSelf(startOf(fact))
  return steps.map((id) => {
    if (fact.kind === 'downgrade') applied.delete(id)
    else applied.add(id)
    return maximal(applied)
  })
}

/** The rows before the first step: those of the case, or what `--sql` is told to start from. */
function startOf(fact: Case): Rows {
  const [text = ''] = textsOf(fact.target)
  if (!fact.options?.sql || !text.includes(':')) return rowsOf(fact)
  const { maximal } = oracleOf(fact.graph)
  const [start = ''] = text.split(':')
  if (start.startsWith('head')) return maximal(fact.graph.map(({ id }) => id))
  return fact.graph.flatMap(({ id }) => (id.startsWith(start) ? [id] : []))
}

/** Whether each step comes after what it needs (upgrade) or before it (downgrade). */
export function isTopological(fact: Case, steps: readonly string[]): boolean {
  const { ancestorsOrSelf } = oracleOf(fact.graph)
  const oldestFirst = fact.kind === 'upgrade' ? steps : steps.toReversed()
  const position = new Map(oldestFirst.map((id, index) => [id, index]))
  return oldestFirst.every((id, index) =>
    [...ancestorsOrSelf([id])].every((ancestor) => (position.get(ancestor) ?? -1) <= index),
  )
}

/** Whether no revision of the list stands before one that needs it; the list need not be complete. */
export function isNewestFirst(fact: Case, ids: readonly string[]): boolean {
  const { ancestorsOrSelf } = oracleOf(fact.graph)
  return ids.every((id, index) => {
    const ancestors = ancestorsOrSelf([id])
    return ids.slice(0, index).every((earlier) => !ancestors.has(earlier))
  })
}

export const sameRows = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
