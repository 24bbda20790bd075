import type { CliCommand } from '../cli-command.ts'
import { formatRevisions, nothingYet } from '../format/format.ts'

export const heads: CliCommand = {
  name: 'heads',
  summary: 'list the revisions that nothing revises',
  options: [
    ['--resolve-dependencies', 'without those that another revision depends on'],
    ['-v, --verbose', 'everything about each revision'],
  ],
  example: 'npx limbeck heads',
  async run({ flags, migrator, paint, say }) {
    const { resolveDependencies = false } = flags
    const found = await (await migrator('files')).heads({ resolveDependencies })
    if (found.length === 0) say(nothingYet)
    return { data: found, text: formatRevisions(found, paint, flags) }
  },
}
