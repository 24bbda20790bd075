import { relative, sep } from 'node:path'
import type {
  BranchPoint,
  FromDatabaseReport,
  InitReport,
  RevisionInfo,
  WrittenRevision,
} from '../../migrator.ts'
import { drawGraph, type GraphRow, isLinear } from '../graph.ts'
import type { Paint, Tone } from '../paint.ts'

/** Said of an empty folder. */
export const nothingYet =
  "There is no revision yet. Write the first: `npx limbeck revision --autogenerate -m 'initial schema'`."

interface Detail {
  readonly verbose?: boolean
}

/** `heads`, `current`, `show`: one line a revision, or a block each. */
export function formatRevisions(
  revisions: readonly RevisionInfo[],
  paint: Paint,
  { verbose }: Detail,
): string {
  return verbose === true
    ? revisions.map((info) => block(info, paint).join('\n')).join('\n\n')
    : revisions.map((info) => title(info, paint)).join('\n')
}

/** `history`: lines as they come when there is one line of descent, else with the graph beside them. */
export function formatHistory(
  revisions: readonly RevisionInfo[],
  paint: Paint,
  { verbose }: Detail,
): string {
  const entries = revisions.map((info) => entry(info, paint, verbose === true))
  const nodes = revisions.map(({ revision, parents }) => ({ id: revision, parents }))
  const lines = isLinear(nodes)
    ? entries.flat()
    : drawGraph(nodes).flatMap((row, at) => besideGraph(row, entries[at] ?? [], paint))
  return lines.join('\n').trimEnd()
}

/** `branches`: each branch point with its children indented below it. */
export function formatBranches(
  points: readonly BranchPoint[],
  paint: Paint,
  { verbose }: Detail,
): string {
  const lines = points.flatMap(({ branchPoint, children }) => {
    const indent = ' '.repeat(branchPoint.revision.length)
    return [
      ...(verbose === true ? block(branchPoint, paint) : [title(branchPoint, paint)]),
      ...children.map((child) => `${indent} -> ${title(child, paint)}`),
    ]
  })
  return lines.join('\n')
}

/** `revision` and `merge`: the file, and what it hangs on. */
export function formatWritten(written: WrittenRevision, paint: Paint, cwd: string): string {
  return `Wrote ${paint('strong', shortPath(written.file, cwd))}\n${edge(written, paint)}`
}

/** The revision that holds the live schema: what it leaves out, and what to type next. */
export function formatFromDatabase(report: FromDatabaseReport, paint: Paint, cwd: string): string {
  return [
    ...notTriedLine(report, paint),
    formatWritten(report, paint, cwd),
    ...report.notWritten.map((line) => `${paint('bad', 'not written')}  ${line}`),
    `The database has all of it: npx limbeck stamp --yes ${report.revision}`,
  ].join('\n')
}

/** That upgrade and downgrade were not tried, and why. */
export function notTriedLine(
  { notTried }: { readonly notTried: string | null },
  paint: Paint,
): readonly string[] {
  return notTried === null ? [] : [`${paint('bad', 'not tried')}  ${notTried}`]
}

/** `init`: what was made, what was left alone, what to do next. */
export function formatInit(report: InitReport, paint: Paint, cwd: string): string {
  return [
    ...report.created.map((file) => `${paint('good', 'created')}  ${shortPath(file, cwd)}`),
    ...(report.taken === null
      ? []
      : [
          `${paint('good', 'taken')}    ${report.taken.settings.join(', ')} from ${report.taken.file}`,
        ]),
    ...report.skipped.map(
      ({ file, reason }) => `${paint('faint', 'skipped')}  ${shortPath(file, cwd)} (${reason})`,
    ),
    '',
    'Next:',
    ...report.next.map((step, at) => `  ${at + 1}. ${step.replaceAll(/\n(?=.)/g, '\n     ')}`),
  ].join('\n')
}

/** A path as a person in `cwd` would type it. */
export function shortPath(file: string, cwd: string): string {
  const short = relative(cwd, file)
  return short.startsWith(`..${sep}`) || short === '' ? file : short
}

function entry(info: RevisionInfo, paint: Paint, verbose: boolean): readonly string[] {
  if (verbose) return [...block(info, paint), '']
  const message = info.message === '' ? '' : `, ${info.message}`
  return [`${edge(info, paint)}${labels(info, paint)}${marks(info, paint)}${message}`]
}

function besideGraph(row: GraphRow, [first = '', ...rest]: readonly string[], paint: Paint) {
  const draw = (cells: GraphRow['node']) =>
    cells
      .map(({ text, lane }) => (text.trim() === '' ? text : paint(laneTone(lane), text)))
      .join('')
  const length = Math.max(rest.length, row.links.length)
  const below = Array.from({ length }, (_, at) =>
    `${draw(row.links[at] ?? row.straight)} ${rest[at] ?? ''}`.trimEnd(),
  )
  return [...row.above.map(draw), `${draw(row.node)} ${first}`, ...below]
}

const laneTone = (lane: number): Tone => laneTones[lane % laneTones.length] ?? 'lane0'

const laneTones = ['lane0', 'lane1', 'lane2', 'lane3', 'lane4', 'lane5'] as const

function block(info: RevisionInfo, paint: Paint): readonly string[] {
  const parents = info.parents.join(', ') || '<base>'
  const line = (title: string, value: string | readonly string[] | null) =>
    value === null || value.length === 0 ? [] : [`${title}: ${[value].flat().join(', ')}`]
  const compatible = info.compatible ? 'yes' : 'no'
  return [
    `Rev: ${paint('id', info.revision)}${marks(info, paint)}`,
    ...line(info.parents.length > 1 ? 'Merges' : 'Parent', parents),
    ...line('Also depends on', info.dependsOn),
    ...line('Branches into', info.children.length > 1 ? info.children : []),
    ...line('Branch names', info.labels),
    ...line('Created', info.created),
    ...line('Transaction', info.transactional ? null : 'none'),
    ...line('Irreversible', info.irreversible),
    ...line('Compatible', info.compatible === null ? null : compatible),
    ...line('Path', info.file),
    '',
    ...(info.message === '' ? [] : [`    ${info.message}`]),
  ]
}

function edge(
  {
    revision,
    parents,
    dependsOn = [],
  }: Pick<RevisionInfo, 'revision' | 'parents'> & Partial<RevisionInfo>,
  paint: Paint,
): string {
  const from = parents.join(', ') || '<base>'
  const needs = dependsOn.length === 0 ? '' : ` (${dependsOn.join(', ')})`
  return `${from}${needs} -> ${paint('id', revision)}`
}

const title = (info: RevisionInfo, paint: Paint): string =>
  `${paint('id', info.revision)}${labels(info, paint)}${marks(info, paint)}`

const labels = (info: RevisionInfo, paint: Paint): string =>
  info.labels.length === 0 ? '' : ` (${paint('label', info.labels.join(', '))})`

const marks = (info: RevisionInfo, paint: Paint): string =>
  info.marks.map((mark) => ` (${paint('mark', mark)})`).join('')
