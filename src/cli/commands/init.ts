import { refusedOfInit } from '../alembic-commands.ts'
import type { CliCommand } from '../cli-command.ts'
import { readVariables, urlWithout } from '../config-file.ts'
import { formatInit } from '../format/format.ts'

export const init: CliCommand = {
  name: 'init',
  summary: 'set a project up: configuration and revision folder',
  arguments: [['[folder]', 'folder of the revision files (default: migrations)']],
  unsupported: refusedOfInit,
  example: 'npx limbeck init',
  async run({ io, flags, paint }, [folder]) {
    const { init: run } = await import('../../commands/init.ts')
    const env = await readVariables(io.cwd, io.env)
    const report = await run({ root: io.cwd, folder, url: urlWithout(flags, env), env })
    return { data: report, text: formatInit(report, paint, io.cwd) }
  },
}
