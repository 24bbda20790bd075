import type { CliCommand } from '../cli-command.ts'

export const ensureVersion: CliCommand = {
  name: 'ensure-version',
  aliases: ['ensure_version'],
  summary: 'create the version table if it is missing',
  options: [['--sql', 'write the SQL instead of running it']],
  example: 'npx limbeck ensure-version',
  async run({ flags, migrator }) {
    const report = await (await migrator(flags.sql === true ? 'files' : undefined)).ensureVersion({
      sql: flags.sql === true,
    })
    const text = report.created ? 'Created the version table.' : 'The version table is there.'
    return { data: report, text, script: report.sql }
  },
}
