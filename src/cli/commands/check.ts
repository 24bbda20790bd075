import type { Word } from '../cli-command.ts'
import { failureOf, formatFindings, formatOption, wrongFormat } from '../format/check.ts'
import { shortPath } from '../format/format.ts'

export const check: Word = {
  name: 'check',
  summary: 'fail unless models, database and revision files agree',
  options: [
    ['--offline', 'look at files and models only; needs no database'],
    ['--database', 'look at the database alone: for cron; with --write, keep its catalog as it is'],
    ['--write', 'where all agrees, note in the head revision which models it leads to'],
    formatOption,
    ['--annotations', 'print GitHub annotations (default where GITHUB_ACTIONS is true)'],
  ],
  misuse: ({ format }) => wrongFormat(format),
  exclusive: ['offline', 'database'],
  example: 'npx limbeck check',
  async run(session) {
    const { offline = false, write = false, database = false } = session.flags
    const report = await (await session.migrator(offline ? 'files' : undefined)).check({
      offline,
      write,
      database,
    })
    const { findings, written, kept } = report
    const checked = offline
      ? 'Checked files and models'
      : database
        ? 'Checked the database'
        : 'Checked'
    const done = written
      ? `Noted the models in ${shortPath(written, session.io.cwd)}. ${checked}`
      : kept
        ? `Kept the catalog as it is. ${checked}`
        : checked
    return {
      data: report,
      text: formatFindings(session, findings, done),
      failure: failureOf(findings),
    }
  },
}
