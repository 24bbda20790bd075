import { LimbeckError } from '../../errors.ts'
import type { DoctorReport } from '../../migrator.ts'
import type { CommandContext } from '../cli-command.ts'
import type { Paint, Tone } from '../paint.ts'

type Finding = DoctorReport['findings'][number]

const tones: Readonly<Record<Finding['status'], Tone>> = {
  applied: 'good',
  pending: 'faint',
  skipped: 'bad',
  'not recorded': 'bad',
  'ran twice': 'mark',
  edited: 'bad',
  failed: 'bad',
  locked: 'bad',
  uncommitted: 'bad',
  'no file': 'bad',
  'not in the ledger': 'bad',
}

/** What is to be told of the migrations, then how many there are of each kind and what the ledger proves. */
export function formatDoctor(report: DoctorReport, { paint, flags }: CommandContext): string {
  const { ledger, findings, problems, proves, rows } = report
  if (ledger === null)
    return 'There is no ledger of another tool here, or none whose migrations are among the revisions.'
  const told = findings.filter(({ fact }) => flags.verbose === true || fact !== null)
  const count = (status: string) => findings.filter((each) => each.status === status).length
  const found = Object.keys(tones).filter((status) => count(status) > 0)
  const kinds = found.map((status) => `${count(status)} ${status}`).join(', ')
  return [
    ...told.flatMap((finding) => lines(finding, paint)),
    `${ledger.tool}'s ledger ${ledger.table}: ${kinds || 'no migrations'}.`,
    ending(problems.length, proves, rows, paint),
  ].join('\n')
}

function lines({ status, name, revision, fact, hint }: Finding, paint: Paint): readonly string[] {
  const id = revision === null ? '' : `${paint('id', revision)} `
  return [
    `${paint(tones[status], status)} ${id}${name}${fact === null ? '' : `: ${fact}`}`,
    ...(hint === null ? [] : [`  ${paint('faint', 'hint:')} ${hint}`]),
  ]
}

function ending(problems: number, proves: string | null, rows: readonly string[], paint: Paint) {
  const own = rows.length === 0 ? '' : ` Limbeck's version row is ${rows.join(', ')}.`
  if (problems > 0) return `It proves no revision until that is settled.${own}`
  if (proves === null) return `It proves no revision: nothing is recorded.${own}`
  return `It proves ${paint('id', proves)}.${own}`
}

/** The failure of a report with problems; null without. */
export function doctorFailure({ problems, ledger }: DoctorReport): LimbeckError | null {
  if (problems.length === 0) return null
  const count = problems.length === 1 ? '1 migration' : `${problems.length} migrations`
  return new LimbeckError(
    'LIMBECK_LEDGER_UNPROVEN',
    `${ledger?.table} does not prove where the database is: ${count} to settle`,
    {
      hint: 'Do what stands below each of them, then see what is left to run: `npx limbeck upgrade --plan`.',
    },
  )
}
