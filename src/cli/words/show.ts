import { mentionsCurrent } from '../../runtime/mentions-current.ts'
import { formatRevisions } from '../format.ts'
import type { Word } from '../word.ts'

export const show: Word = {
  name: 'show',
  summary: 'show everything about a revision',
  arguments: [['<revision>', 'an id or its beginning, head, heads, current, label@head, …']],
  example: 'limbeck show head',
  async run({ migrator, paint }, [target = '']) {
    const found = await (await migrator(mentionsCurrent(target) ? undefined : 'files')).show(target)
    return { data: found, text: formatRevisions(found, paint, { verbose: true }) }
  },
}
