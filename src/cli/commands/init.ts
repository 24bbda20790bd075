import { refusedOfInit } from '../alembic-words.ts'
import type { Word } from '../cli-command.ts'
import { formatInit } from '../format/format.ts'

export const init: Word = {
  name: 'init',
  summary: 'set a project up: configuration and revision folder',
  arguments: [['[folder]', 'folder of the revision files (default: migrations)']],
  refused: refusedOfInit,
  example: 'npx limbeck init',
  async run({ io, paint }, [folder]) {
    const { init: run } = await import('../../commands/init.ts')
    const report = await run({ root: io.cwd, folder })
    return { data: report, text: formatInit(report, paint, io.cwd) }
  },
}
