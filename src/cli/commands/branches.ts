import type { Word } from '../cli-command.ts'
import { formatBranches } from '../format/format.ts'

export const branches: Word = {
  name: 'branches',
  summary: 'list the branch points and what they branch into',
  options: [['-v, --verbose', 'everything about each branch point']],
  example: 'npx limbeck branches',
  async run({ flags, migrator, paint }) {
    const found = await (await migrator('files')).branches()
    return { data: found, text: formatBranches(found, paint, flags) }
  },
}
