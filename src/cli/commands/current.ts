import type { CliCommand } from '../cli-command.ts'
import { formatRevisions } from '../format/format.ts'

export const current: CliCommand = {
  name: 'current',
  summary: 'show where the database stands',
  options: [
    ['-v, --verbose', 'everything about each revision'],
    ['-c, --check-heads', 'fail unless nothing is pending'],
  ],
  example: 'npx limbeck current --check-heads',
  async run({ flags, migrator, paint, say }) {
    const { checkHeads } = flags
    const report = await (await migrator()).current({ checkHeads })
    const pending = report.pending.join(', ')
    if (report.rows.length === 0) say('The database has no version row.')
    else if (pending !== '') say(`Pending: ${pending}`)
    return { data: report, text: formatRevisions(report.revisions, paint, flags) }
  },
}
