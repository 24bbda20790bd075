import type { GraphFormat } from '../../migrator.ts'
import type { CliCommand } from '../cli-command.ts'
import { nothingYet } from '../format/format.ts'

const formats: readonly GraphFormat[] = ['mermaid', 'dot', 'svg']

export const graph: CliCommand = {
  name: 'graph',
  summary: 'draw the revisions, or the tables of the models',
  options: [
    ['--format <format>', 'mermaid (default), dot or svg'],
    ['--models', 'the tables of the models and their foreign keys'],
  ],
  validate: ({ format }) =>
    format === undefined || formats.some((each) => each === format)
      ? null
      : `option '--format' is one of ${formats.join(', ')}`,
  example: 'npx limbeck graph --format svg',
  async run({ flags, migrator, say }) {
    const { format, models } = flags
    const limbeck = await migrator('files')
    const report = await limbeck.graph({ format: formats.find((each) => each === format), models })
    if (!models && (await limbeck.heads()).length === 0) say(nothingYet)
    return { data: report, text: report.text, script: report.text }
  },
}
