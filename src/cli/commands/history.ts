import { mentionsCurrent } from '../../session/mentions-current.ts'
import type { CliCommand } from '../cli-command.ts'
import { formatHistory, nothingYet } from '../format/format.ts'

export const history: CliCommand = {
  name: 'history',
  summary: 'list revisions, newest first; branches are drawn',
  options: [
    [
      '-r, --rev-range <range>',
      'FROM:TO, either side may be empty; `current` is where the database is',
    ],
    ['-i, --indicate-current', 'mark the revisions that the database is at'],
    ['-v, --verbose', 'everything about each revision'],
  ],
  example: 'npx limbeck history -r current:head',
  async run({ flags, migrator, paint, say }) {
    const { revRange: range, indicateCurrent = false } = flags
    const needs = indicateCurrent || mentionsCurrent(range ?? '') ? undefined : 'files'
    const found = await (await migrator(needs)).history({ range, indicateCurrent })
    if (found.length === 0) say(range === undefined ? nothingYet : 'No revision is in that range.')
    return { data: found, text: formatHistory(found, paint, flags) }
  },
}
