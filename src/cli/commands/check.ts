import type { CliCommand } from '../cli-command.ts'
import { failureOf, formatFindings, formatOption, wrongFormat } from '../format/check.ts'
import { shortPath } from '../format/format.ts'

export const check: CliCommand = {
  name: 'check',
  summary: 'fail unless models, database and revision files agree',
  options: [
    ['--offline', 'look at files and models only; needs no database'],
    ['--database', 'look at the database alone: for cron; with --write, keep its catalog as it is'],
    ['--write', 'where all agrees, note in the head revision which models it leads to'],
    formatOption,
    ['--annotations', 'print GitHub annotations (default where GITHUB_ACTIONS is true)'],
  ],
  validate: ({ format }) => wrongFormat(format),
  exclusive: ['offline', 'database'],
  example: 'npx limbeck check',
  async run(context) {
    const { offline = false, write = false, database = false } = context.flags
    const report = await (await context.migrator(offline ? 'files' : undefined)).check({
      offline,
      write,
      database,
    })
    const { findings, written, kept } = report
    let done = 'Checked'
    if (offline) done = 'Checked files and models'
    if (database) done = 'Checked the database'
    if (written) done = `Noted the models in ${shortPath(written, context.io.cwd)}. ${done}`
    else if (kept) done = `Kept the catalog as it is. ${done}`
    return {
      data: report,
      text: formatFindings(context, findings, done),
      failure: failureOf(findings),
    }
  },
}
