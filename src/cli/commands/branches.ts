import type { CliCommand } from '../cli-command.ts'
import { formatBranches, nothingYet } from '../format/format.ts'

export const branches: CliCommand = {
  name: 'branches',
  summary: 'list the branch points and what they branch into',
  options: [['-v, --verbose', 'everything about each branch point']],
  example: 'npx limbeck branches',
  async run({ flags, migrator, paint, say }) {
    const limbeck = await migrator('files')
    const found = await limbeck.branches()
    if (found.length === 0)
      say((await limbeck.heads()).length === 0 ? nothingYet : 'No revision is revised by several.')
    return { data: found, text: formatBranches(found, paint, flags) }
  },
}
