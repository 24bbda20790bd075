import type { RevisionView } from 'limbeck/graph'

/** What a printed line says: which revision, what it follows, and the labels and marks in brackets. */
export interface LineContent {
  readonly below: string
  readonly id: string
  readonly marks: readonly string[]
}

/** Takes a line of Alembic's apart; the message at its end is spelling. */
export function readLine(line: string): LineContent {
  const {
    below = '',
    id = line,
    marks = '',
  } = /^(?:(?<below>.*?) ?-> )?(?<id>[^\s,]+)(?<marks>(?: \([^)]*\))*)/u.exec(line)?.groups ?? {}
  return { below, id, marks: [...marks.matchAll(/\(([^)]*)\)/gu)].map(([, mark = '']) => mark) }
}

/** Which parts of a view a command prints. */
export interface Shown {
  readonly below?: boolean
  readonly labels?: boolean
  readonly points?: boolean
  readonly current?: boolean
}

/** The content of the line that a command would print of a revision. */
export function lineOf(view: RevisionView, shown: Shown): LineContent {
  const labels = shown.labels && view.labels.length > 0 ? [view.labels.join(', ')] : []
  const head = { head: ['head'], effective: ['effective head'], none: [] }[view.head ?? 'none']
  const current = shown.current && view.current ? ['current'] : []
  const branchPoint = shown.points && view.branchPoint ? ['branchpoint'] : []
  const mergePoint = shown.points && view.mergePoint ? ['mergepoint'] : []
  return {
    below: shown.below ? belowText(view) : '',
    id: view.id,
    marks: [...labels, ...head, ...current, ...branchPoint, ...mergePoint],
  }
}

function belowText({ parents, dependsOn }: RevisionView): string {
  const dependencies = dependsOn.length > 0 ? ` (${dependsOn.join(', ')})` : ''
  return `${parents.join(', ') || '<base>'}${dependencies}`
}
