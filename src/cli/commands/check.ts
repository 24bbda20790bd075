import type { Word } from '../cli-command.ts'
import { failureOf, formatFindings, formatOption, wrongFormat } from '../format/check.ts'

export const check: Word = {
  name: 'check',
  summary: 'fail unless models, database and revision files agree',
  options: [
    ['--offline', 'look at files and models only; needs no database'],
    formatOption,
    ['--annotations', 'print GitHub annotations (default where GITHUB_ACTIONS is true)'],
  ],
  misuse: ({ format }) => wrongFormat(format),
  example: 'npx limbeck check',
  async run(session) {
    const { offline = false } = session.flags
    const report = await (await session.migrator(offline ? 'files' : undefined)).check({ offline })
    const { findings } = report
    const done = offline ? 'Checked files and models' : 'Checked'
    return {
      data: report,
      text: formatFindings(session, findings, done),
      failure: failureOf(findings),
    }
  },
}
