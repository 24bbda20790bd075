import {
  applyChanges,
  applySteps,
  buildRevisionMap,
  currentRevisions,
  describeRevisions,
  downgradeRevisions,
  filterLineage,
  historyRange,
  LimbeckError,
  newRevision,
  offlineRange,
  offlineStamp,
  planDowngrade,
  planStamp,
  planUpgrade,
  type RevisionMap,
  type RevisionView,
  type RowChange,
  requireHeads,
  resolve,
  resolveOne,
  resolveSome,
  revisionsBetween,
  type StampStep,
  type Step,
} from 'limbeck/graph'
import { type Case, type CaseStep, revisionsOf, rowsOf, textsOf } from './case.ts'
import { type LineContent, lineOf, type Shown } from './lines.ts'

/** What Limbeck says to a case: the fields of an expectation, with lines as content and SQL as row changes. */
export interface Answer {
  readonly error?: LimbeckError
  readonly phase?: 'load' | 'plan' | 'apply'
  readonly steps?: readonly (string | CaseStep)[]
  readonly rowsAfterEachStep?: readonly (readonly string[])[]
  readonly finalVersions?: readonly string[]
  readonly changes?: readonly RowChange[]
  readonly lineContents?: readonly LineContent[]
  readonly [field: string]: unknown
}

export const mapOf = ({ graph }: Case): RevisionMap => buildRevisionMap(revisionsOf(graph))

/** Answers a case with the public graph alone. What is no LimbeckError is a bug and goes up. */
export function answer(fact: Case): Answer {
  let phase: Answer['phase'] = 'load'
  try {
    const map = mapOf(fact)
    phase = 'plan'
    const planned = planOf(map, fact)
    if (planned === null) return (answers[fact.kind] ?? unknownKind)(map, fact)
    phase = 'apply'
    return carryOut(map, fact, planned)
  } catch (error) {
    if (error instanceof LimbeckError) return { error, phase }
    throw error
  }
}

interface Planned {
  readonly rows: readonly string[]
  readonly steps: readonly (Step | StampStep)[]
}

/** The plan of a case that moves the version table, or null for one that does not. */
export function planOf(map: RevisionMap, fact: Case): Planned | null {
  const { kind, options = {}, target } = fact
  const texts = textsOf(target)
  const rows = rowsOf(fact)
  if (kind === 'apply') {
    return { rows: options.memoryHeads ?? rows, steps: [target ?? []].flat().map(stepOf) }
  }
  if (kind === 'stamp') {
    const { sql = false, purge = false } = options
    const offline = sql ? offlineStamp(map, texts, { purge }) : { rows, target: texts }
    const steps = planStamp(map, offline.rows, offline.target, { purge })
    return { rows: purge ? [] : offline.rows, steps }
  }
  if (kind !== 'upgrade' && kind !== 'downgrade') return null
  if (texts.length !== 1) return { rows, steps: planUpgrade(map, rows, texts) }
  const [text = ''] = texts
  const offline = options.sql ? offlineRange(map, kind, text) : { rows, target: text }
  const plan = kind === 'upgrade' ? planUpgrade : planDowngrade
  return { rows: offline.rows, steps: plan(map, offline.rows, offline.target) }
}

function stepOf(step: string | CaseStep): Step | StampStep {
  if (typeof step !== 'string') return { direction: 'stamp', ...step }
  return step.startsWith('!')
    ? { direction: 'downgrade', revision: step.slice(1) }
    : { direction: 'upgrade', revision: step }
}

/** Carries a plan out on a list that stands for the version table, change by change. */
function carryOut(map: RevisionMap, fact: Case, { rows, steps }: Planned): Answer {
  const moves = [...applySteps(map, rows, steps)]
  let table = fact.options?.memoryHeads === undefined ? rows : rowsOf(fact)
  const rowsAfterEachStep = moves.map(({ changes }) => {
    table = applyChanges(table, changes)
    return [...table].sort()
  })
  return {
    steps: steps.map((step) => ('revision' in step ? step.revision : withoutDirection(step))),
    rowsAfterEachStep,
    finalVersions: [...table].sort(),
    changes: moves.flatMap(({ changes }) => changes),
  }
}

const withoutDirection = ({ from, to, up }: StampStep): CaseStep => ({ from, to, up })

const linesOf = (views: readonly RevisionView[], shown: Shown) =>
  views.map((view) => lineOf(view, shown))

const answers: Record<string, (map: RevisionMap, fact: Case) => Answer> = {
  error: (map) => ({ loaded: true, heads: map.heads }),
  heads: (map) => {
    const nodes = [...map.nodes.values()]
    const lines = (ids: readonly string[]) => linesOf(describeRevisions(map, ids), { labels: true })
    return {
      ...map,
      realBases: map.effectiveBases,
      labels: Object.fromEntries(
        nodes.filter(({ labels }) => labels.length > 0).map(({ id, labels }) => [id, labels]),
      ),
      normalizedDown: Object.fromEntries(
        nodes.map(({ id, effectiveParents }) => [id, [...effectiveParents].sort()]),
      ),
      lineContents: lines(map.heads),
      lineContentsResolveDependencies: lines(map.effectiveHeads),
    }
  },
  resolve: (map, { target, options }) =>
    options?.api === 'one'
      ? { ids: [resolveOne(map, textsOf(target).join())].flatMap((id) => id ?? []) }
      : { ids: resolve(map, textsOf(target)) },
  show: (map, fact) => ({ ids: resolve(map, textsOf(fact.target), rowsOf(fact)) }),
  edit: (map, fact) => ({ ids: resolveSome(map, textsOf(fact.target), rowsOf(fact)) }),
  lineage: (map, fact) => {
    const through = fact.options?.includeDependencies ? 'all' : 'parents'
    return { ids: filterLineage(map, rowsOf(fact), textsOf(fact.target).join(), through) }
  },
  iterate: (map, { lower, upper, options = {} }) => {
    const { inclusive = true, implicitBase: otherLines = false } = options
    const extent = { inclusive, otherLines }
    const steps = options.selectForDowngrade
      ? downgradeRevisions(map, resolve(map, upper ?? []), [lower ?? 'base'].flat().join(), extent)
      : revisionsBetween(map, lower ?? 'base', upper ?? [], extent)
    return { steps }
  },
  history: (map, fact) => {
    const steps = historyRange(map, rowsOf(fact), textsOf(fact.target)[0])
    const rows = fact.options?.indicateCurrent ? rowsOf(fact) : []
    const shown = { below: true, labels: true, points: true, current: true }
    return { steps, lineContents: linesOf(describeRevisions(map, steps, rows), shown) }
  },
  current: (map, fact) => {
    if (fact.options?.checkHeads) requireHeads(map, rowsOf(fact))
    const ids = currentRevisions(map, rowsOf(fact))
    const lineContents = linesOf(describeRevisions(map, ids), { points: true })
    return { ids: [...ids].sort(), lineContents }
  },
  branches: (map) => ({
    lineContents: describeRevisions(map, map.branchPoints).flatMap((point) => [
      lineOf(point, { points: true }),
      ...linesOf(describeRevisions(map, point.children), { labels: true }),
    ]),
  }),
  revision: (map, fact) => {
    if (fact.options?.autogenerate) requireHeads(map, rowsOf(fact))
    return written(map, fact, [fact.options?.head ?? 'head'].flat())
  },
  merge: (map, fact) => written(map, fact, textsOf(fact.target)),
}

function written(map: RevisionMap, fact: Case, head: readonly string[]): Answer {
  const { revId = 'newrev', splice, branchLabel = [], dependsOn = [] } = fact.options ?? {}
  const { parents: down, ...revision } = newRevision(map, {
    id: revId,
    head,
    splice,
    labels: [branchLabel].flat(),
    dependsOn: [dependsOn].flat(),
  })
  const graph = [...fact.graph, { ...revision, down }]
  const headsAfter = [...buildRevisionMap(revisionsOf(graph)).heads].sort()
  return { newRevision: { ...revision, down }, headsAfter }
}

function unknownKind(_map: RevisionMap, { kind }: Case): never {
  throw new TypeError(`Unknown kind of case: ${kind}`)
}
