import type { Revision } from 'limbeck/graph'

/** A revision as the case files write it. */
export interface CaseRevision {
  readonly id: string
  readonly down: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
}

/** A step of kind `stamp`, and of kind `apply` where it is given whole. */
export interface CaseStep {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly up: boolean
}

/** What Alembic did, or Limbeck does: the fields depend on the kind. */
export interface Expectation {
  readonly error?: string
  readonly phase?: string
  readonly uncaught?: boolean
  readonly steps?: readonly (string | CaseStep)[]
  readonly rowsAfterEachStep?: readonly (readonly string[])[]
  readonly finalVersions?: readonly string[]
  readonly versionSql?: readonly string[]
  readonly ids?: readonly (string | null)[]
  readonly lines?: readonly string[]
  readonly linesResolveDependencies?: readonly string[]
  readonly heads?: readonly string[]
  readonly effectiveHeads?: readonly string[]
  readonly bases?: readonly string[]
  readonly realBases?: readonly string[]
  readonly branchPoints?: readonly string[]
  readonly mergePoints?: readonly string[]
  readonly labels?: Readonly<Record<string, readonly string[]>>
  readonly normalizedDown?: Readonly<Record<string, readonly string[]>>
  readonly newRevision?: CaseRevision
  readonly headsAfter?: readonly string[]
}

type Texts = string | readonly string[]

/** One fact: a graph, a question, and what Alembic answered. */
export interface Case {
  readonly name: string
  readonly graph: readonly CaseRevision[]
  readonly kind: string
  readonly from?: readonly string[]
  readonly target?: string | readonly (string | CaseStep)[] | null
  readonly upper?: Texts | null
  readonly lower?: Texts | null
  readonly options?: {
    readonly api?: 'one' | 'many'
    readonly sql?: boolean
    readonly purge?: boolean
    readonly inclusive?: boolean
    readonly implicitBase?: boolean
    readonly selectForDowngrade?: boolean
    readonly includeDependencies?: boolean
    readonly indicateCurrent?: boolean
    readonly checkHeads?: boolean
    readonly autogenerate?: boolean
    readonly memoryHeads?: readonly string[]
    readonly head?: Texts
    readonly splice?: boolean
    readonly dependsOn?: Texts
    readonly branchLabel?: Texts
    readonly revId?: string
  }
  readonly expect: Expectation
  readonly upstream?: { readonly expect: Expectation }
  readonly unstable?: boolean
}

/** The answer to follow: the newer Alembic's where the two differ. */
export const expected = (fact: Case): Expectation => fact.upstream?.expect ?? fact.expect

export const rowsOf = (fact: Case): readonly string[] => fact.from ?? []

/** The target as a list of texts; a step given whole is none. */
export const textsOf = (target: Case['target']): readonly string[] =>
  [target ?? []].flat().filter((text) => typeof text === 'string')

export const revisionsOf = (graph: readonly CaseRevision[]): readonly Revision[] =>
  graph.map(({ id, down, dependsOn, labels }) => ({ id, parents: down, dependsOn, labels }))
