import {
  createMigrator,
  LimbeckError,
  type Migrator,
  type RevisionInfo,
  type RunReport,
} from 'limbeck'
import type { RevisionView } from 'limbeck/graph'
import type { Answer } from './answer.ts'
import { type Case, rowsOf, textsOf } from './case.ts'
import { notAFile, ranTable } from './files.ts'
import { sameRows } from './invariant.ts'
import { clearRows, type Lane, putRows, readTrace, type Trace } from './lane.ts'
import { lineOf, type Shown } from './lines.ts'

const kinds = ['upgrade', 'downgrade', 'stamp', 'current', 'history']

/** Why a case that a command could carry out is left to the graph alone; null to carry it out. */
export function whyNot(fact: Case): string | null {
  const { kind, target, options = {} } = fact
  if (!kinds.includes(kind)) return `${kind} moves nothing in a database`
  if (options.sql) return '--sql asks no database'
  if (kind !== 'stamp' && textsOf(target).length > 1) return 'the command takes one target'
  return notAFile(fact)
}

/** An answer of the public migrator on a real database; `faults` are records that do not fit what was done. */
export interface CarriedOut extends Answer {
  readonly faults: readonly string[]
}

/** Carries a case out. What is no LimbeckError is a bug and goes up. */
export async function carryOut(lane: Lane, folder: string, fact: Case): Promise<CarriedOut> {
  const migrator = createMigrator({
    url: lane.url,
    migrations: folder,
    // It is there before the first revision, and belongs to none.
    ignoreTables: [ranTable],
  })
  await putRows(lane, fact)
  try {
    return await (commands[fact.kind] ?? run)(migrator, lane, fact)
  } catch (error) {
    if (!(error instanceof LimbeckError)) throw error
    const phase = await phaseOf(error, migrator)
    const trace = await readTrace(lane)
    return { error, phase, faults: faultsOf(fact, trace) }
  } finally {
    await clearRows(lane, fact)
    await migrator.close()
  }
}

type Command = (migrator: Migrator, lane: Lane, fact: Case) => Promise<CarriedOut>

const commands: Record<string, Command> = {
  stamp: async (migrator, lane, fact) => {
    const { target, options: { purge } = {} } = fact
    const report = await migrator.stamp(textsOf(target), { purge })
    const trace = await readTrace(lane)
    const moved = sameRows(report.to, trace.rows) ? [] : [`reported rows ${report.to}`]
    const rows = { finalVersions: trace.rows, rowsAfterEachStep: [trace.rows] }
    return { ...rows, faults: [...moved, ...faultsOf(fact, trace)] }
  },
  current: async (migrator, _lane, { options }) => {
    const { revisions } = await migrator.current({ checkHeads: options?.checkHeads })
    const ids = revisions.map(({ revision }) => revision).sort()
    return { ids, lineContents: linesOf(revisions, { points: true }), faults: [] }
  },
  history: async (migrator, _lane, { target, options }) => {
    const [range] = textsOf(target)
    const { indicateCurrent } = options ?? {}
    const revisions = await migrator.history({ range, indicateCurrent })
    const shown = { below: true, labels: true, points: true, current: true }
    const steps = revisions.map(({ revision }) => revision)
    return { steps, lineContents: linesOf(revisions, shown), faults: [] }
  },
}

async function run(migrator: Migrator, lane: Lane, fact: Case): Promise<CarriedOut> {
  const [target = ''] = textsOf(fact.target)
  const report =
    fact.kind === 'upgrade' ? await migrator.upgrade(target) : await migrator.downgrade(target)
  const trace = await readTrace(lane)
  return {
    steps: trace.bodies.map((body) => body.slice(1)),
    rowsAfterEachStep: trace.history.map(({ rows_after }) => [...rows_after].sort()),
    finalVersions: trace.rows,
    faults: [...reportFaults(report, fact, trace), ...faultsOf(fact, trace)],
  }
}

/** Nobody sees from outside in which phase a command fails, only what it is about and what is left. */
async function phaseOf(error: LimbeckError, migrator: Migrator): Promise<Answer['phase']> {
  if (error.code === 'LIMBECK_VERSION_CONFLICT') return 'apply'
  const loads = await migrator.heads().then(
    () => true,
    () => false,
  )
  return loads ? 'plan' : 'load'
}

function reportFaults({ from, to, applied }: RunReport, fact: Case, trace: Trace) {
  const reported = applied.map(signed)
  return [
    ...(sameRows(from, rowsOf(fact)) ? [] : [`reported ${from} as the rows before`]),
    ...(sameRows(to, trace.rows) ? [] : [`reported ${to} as the rows after`]),
    ...(reported.join() === trace.bodies.join() ? [] : [`reported ${reported}, but others ran`]),
  ]
}

const signed = ({ direction, revision }: { direction: string; revision: string | null }): string =>
  `${direction === 'upgrade' ? '+' : '-'}${revision}`

/** The bodies that ran, the lines of the history and the rows have to tell the same story. */
function faultsOf(fact: Case, { bodies, rows, history }: Trace): readonly string[] {
  const steps = history.filter(({ direction }) => direction !== 'stamp')
  const recorded = steps.map(signed)
  const ends = [rowsOf(fact), ...steps.map(({ rows_after }) => rows_after)]
  const gaps = steps.filter(({ rows_before }, index) => !sameRows(rows_before, ends[index] ?? []))
  const isStamped = steps.length < history.length
  return [
    ...(recorded.join() === bodies.join() ? [] : [`recorded ${recorded}, but ran ${bodies}`]),
    ...(fact.kind === 'stamp' && bodies.length > 0 ? [`a stamp ran ${bodies}`] : []),
    ...gaps.map((gap) => `${signed(gap)} is recorded as coming from ${gap.rows_before}`),
    ...(isStamped || sameRows(rows, ends.at(-1) ?? []) ? [] : [`unrecorded rows ${rows}`]),
    ...(isStamped && !sameRows(rows, history.at(-1)?.rows_after ?? []) ? ['unrecorded stamp'] : []),
  ]
}

const linesOf = (revisions: readonly RevisionInfo[], shown: Shown) =>
  revisions.map((info) => lineOf(viewOf(info), shown))

function viewOf({ revision, marks, ...info }: RevisionInfo): RevisionView {
  const effective = marks.includes('effective head') ? 'effective' : null
  return {
    ...info,
    id: revision,
    head: marks.includes('head') ? 'head' : effective,
    branchPoint: marks.includes('branchpoint'),
    mergePoint: marks.includes('mergepoint'),
    current: marks.includes('current'),
  }
}
