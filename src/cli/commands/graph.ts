import type { GraphFormat } from '../../migrator.ts'
import type { Word } from '../cli-command.ts'

const formats: readonly GraphFormat[] = ['mermaid', 'dot', 'svg']

export const graph: Word = {
  name: 'graph',
  summary: 'draw the revisions, or the tables of the models',
  options: [
    ['--format <format>', 'mermaid (default), dot or svg'],
    ['--models', 'the tables of the models and their foreign keys'],
  ],
  misuse: ({ format }) =>
    format === undefined || formats.some((each) => each === format)
      ? null
      : `option '--format' is one of ${formats.join(', ')}`,
  example: 'npx limbeck graph --format svg',
  async run({ flags, migrator }) {
    const { format, models } = flags
    const report = await (await migrator('files')).graph({
      format: formats.find((each) => each === format),
      models,
    })
    return { data: report, text: report.text, script: report.text }
  },
}
