import { notCompared } from '../../changes/require-compared.ts'
import { changesFlags, changesOptions } from '../changes-options.ts'
import type { CliCommand } from '../cli-command.ts'
import { formatDiff, noChanges } from '../format/changes.ts'

export const diff: CliCommand = {
  name: 'diff',
  summary: 'print the SQL that leads from the database to the models',
  options: changesFlags,
  example: 'npx limbeck diff',
  async run(context) {
    const report = await (await context.migrator()).diff(changesOptions(context))
    const script = report.changes.length === 0 ? undefined : formatDiff(report)
    const failure = notCompared(report.warnings, 'what is printed leaves it out')
    return {
      data: report,
      text: failure === null ? noChanges : '',
      script,
      ...(failure && { failure }),
    }
  },
}
