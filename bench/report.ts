import { readFile, writeFile } from 'node:fs/promises'
import type { Goal, Section } from './bench.ts'
import { number, table } from './table.ts'

/** What was measured, as Markdown. */
export function sectionText({ title, body }: Section): string {
  return `### ${title}\n\n${body}`
}

/** All goals of the sections, met or missed. */
export function goalsText(sections: readonly Section[]): string {
  return `### Goals\n\n${goalTable(sections.flatMap(({ goals }) => goals))}`
}

function goalTable(goals: readonly Goal[]): string {
  const verdict = ({ value, limit }: Goal) => {
    if (Number.isNaN(value)) return 'not measured'
    return value <= limit ? 'met' : `missed by ${Math.ceil((value / limit - 1) * 100)} %`
  }
  const rows = goals.map((goal) => [
    goal.what,
    `≤ ${goal.limit}`,
    number(goal.value),
    verdict(goal),
  ])
  return table(['', 'goal', 'measured', ''], rows)
}

const begin = '<!-- bench: begin -->'
const end = '<!-- bench: end -->'

/** Puts the report between the two marks of a file. */
export async function writeReport(file: string, text: string): Promise<void> {
  const page = await readFile(file, 'utf8')
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`${file} has no ${begin} and ${end}`)
  }
  await writeFile(file, `${before}${begin}\n\n${text}\n\n${end}${after}`)
}
