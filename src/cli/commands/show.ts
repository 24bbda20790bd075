import { mentionsCurrent } from '../../session/mentions-current.ts'
import type { CliCommand } from '../cli-command.ts'
import { formatRevisions } from '../format/format.ts'

export const show: CliCommand = {
  name: 'show',
  summary: 'show everything about a revision',
  arguments: [['<revision>', 'an id or its beginning, head, heads, current, label@head, …']],
  example: 'npx limbeck show head',
  async run({ migrator, paint, say }, [target = '']) {
    const found = await (await migrator(mentionsCurrent(target) ? undefined : 'files')).show(target)
    if (found.length === 0) say(`No revision is at ${target}.`)
    return { data: found, text: formatRevisions(found, paint, { verbose: true }) }
  },
}
