import { notCompared } from '../../changes/require-compared.ts'
import { changesFlags, changesOptions } from '../changes-options.ts'
import type { Word } from '../cli-command.ts'
import { formatDiff, noChanges } from '../format/changes.ts'

export const diff: Word = {
  name: 'diff',
  summary: 'print the SQL that leads from the database to the models',
  options: changesFlags,
  example: 'npx limbeck diff',
  async run(session) {
    const report = await (await session.migrator()).diff(changesOptions(session))
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
