import type { AppliedStep, RevisionInfo, RunReport, StampReport } from '../../migrator.ts'
import type { Paint } from '../paint.ts'
import { shortPath } from './format.ts'

/** A step with what a person wants to know before it runs. */
export interface DescribedStep
  extends AppliedStep,
    Partial<Pick<RevisionInfo, 'file' | 'transactional' | 'irreversible' | 'compatible'>> {}

/** `upgrade` and `downgrade`: a line a step, then where the database is now. */
export function formatRun(report: RunReport, paint: Paint): string {
  const { direction, applied, to } = report
  if (applied.length === 0)
    return [...takenOver(report, paint), nothingToDo(report, paint)].join('\n')
  const done = direction === 'upgrade' ? 'Upgraded' : 'Downgraded'
  return [
    ...waitLine(report),
    ...takenOver(report, paint),
    ...applied.map(
      (step) => `${stepLine(step, paint)} ${faintly(paint, duration(step.durationMs))}`,
    ),
    `${paint('good', done)} to ${rows(to, paint)}.`,
  ].join('\n')
}

/** `--plan` and `--rehearse`: each step with its marks and its file, then what has not happened. */
export function formatSteps(
  report: RunReport,
  steps: readonly DescribedStep[],
  paint: Paint,
  cwd: string,
): string {
  const { direction, kind, from, to } = report
  if (steps.length === 0) return nothingToDo(report, paint)
  const count = steps.length === 1 ? '1 step' : `${steps.length} steps`
  const end = rows(to, paint)
  return [
    ...waitLine(report),
    ...steps.map((step) => {
      const file = step.file === undefined ? '' : ` ${faintly(paint, shortPath(step.file, cwd))}`
      return `${stepLine(step, paint, stepMarks(step))}${file}`
    }),
    kind === 'plan'
      ? `Would ${direction} to ${end} in ${count}; nothing was run.`
      : `${paint('good', 'Rehearsed')} ${count} to ${end} and rolled back: the database is at ${rows(from, paint)}.`,
  ].join('\n')
}

/** What stands for another tool's run of it, apart from what this one has run. */
const takenOver = ({ stamped = [] }: RunReport, paint: Paint): readonly string[] =>
  stamped.length === 0
    ? []
    : [`Took over what had run before: ${listNames(stamped.map((id) => paint('id', id)))}.`]

const nothingToDo = ({ direction, to }: RunReport, paint: Paint): string =>
  `Nothing to ${direction}: the database is at ${rows(to, paint)}.`

/** Says that there was a wait, if it was one to notice. */
export const waitLine = ({ waitedMs }: Pick<RunReport, 'waitedMs'>): readonly string[] =>
  waitedMs >= 1000 ? [`Waited ${duration(waitedMs)} for another process.`] : []

function stepLine(step: AppliedStep, paint: Paint, marks: readonly string[] = []): string {
  const shown = marks.map((mark) => ` (${paint('mark', mark)})`).join('')
  const message = step.message === '' ? '' : `, ${step.message}`
  return `${step.direction} ${paint('id', step.revision)}${shown}${message}`
}

/** What makes a step one to think about. */
const stepMarks = ({ transactional, irreversible, compatible }: DescribedStep) => [
  ...(transactional === false ? ['non-transactional'] : []),
  ...(irreversible ? ['irreversible'] : []),
  ...(compatible === false ? ['incompatible'] : []),
]

/** Whether a stamp adopts tables that no revision made: its rows claim what was not checked. */
export function adopts({ found, to }: StampReport): boolean {
  return found.tables.length > 0 && found.rows.length === 0 && to.length > 0
}

/** `stamp`: the rows before and after, and the tables that were adopted. */
export function formatStamp(report: StampReport, paint: Paint): string {
  const { from, to } = report
  if (from.join() === to.join()) return `Nothing to stamp: the database is at ${rows(to, paint)}.`
  const done = `${paint('good', 'Stamped')} ${rows(to, paint)} (before: ${rows(from, paint)}).`
  if (claimsNothing(report))
    return `${done}\nThe schema is empty: no table of these revisions is there, and the next start will find the database at head.`
  return adopts(report) ? `${formatFound(report)}\n${done}` : done
}

/** Rows for an empty schema: nothing that they stand for is there. */
function claimsNothing({ from, to, found, sql }: StampReport): boolean {
  return sql === undefined && from.length === 0 && to.length > 0 && found.tables.length === 0
}

/** What a person must see before agreeing to adopt a database. */
export function formatStampPlan(report: StampReport, paint: Paint): string {
  return [
    formatFound(report),
    `Stamping writes ${rows(report.to, paint)} and runs nothing: every revision up to it counts as applied.`,
  ].join('\n')
}

/** The names on one line, the first of many. */
export function listNames(names: readonly string[], most = 5): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}

function formatFound({ found: { tables } }: StampReport): string {
  const count = tables.length === 1 ? '1 table' : `${tables.length} tables`
  return `Found ${count} and no version row: ${listNames(tables, 20)}.`
}

/** Version rows as a sentence names them. */
export const rows = (ids: readonly string[], paint: Paint): string =>
  ids.length === 0 ? 'base' : ids.map((id) => paint('id', id)).join(', ')

const faintly = (paint: Paint, text: string): string => paint('faint', `(${text})`)

/** Short times in milliseconds, others in seconds. */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
