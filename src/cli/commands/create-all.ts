import type { CliCommand } from '../cli-command.ts'
import { formatCreated } from '../format/changes.ts'

export const createAll: CliCommand = {
  name: 'create-all',
  aliases: ['create_all'],
  summary: 'build an empty database from the models and stamp it',
  options: [['--sql', 'write the SQL instead of running it']],
  example: 'npx limbeck create-all',
  async run({ flags, migrator, paint }) {
    const sql = flags.sql === true
    const report = await (await migrator(sql ? 'files' : undefined)).createAll({ sql })
    return { data: report, text: formatCreated(report, paint), script: report.sql }
  },
}
