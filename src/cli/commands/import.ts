import path from 'node:path'
import { LimbeckError } from '../../errors.ts'
import { ledgerTools } from '../../script/ledger-entry.ts'
import type { Word } from '../cli-command.ts'
import { shortPath } from '../format/format.ts'

/** Where the tools keep their migrations unless told otherwise. */
const usual: Readonly<Record<string, string>> = {
  drizzle: 'drizzle',
  prisma: 'prisma/migrations',
  dbmate: 'db/migrations',
  'graphile-migrate': 'migrations/committed',
}

export const importWord: Word = {
  name: 'import',
  summary: 'write a revision for each migration of another tool; its ledger is taken over later',
  arguments: [
    ['<tool>', 'whose migrations', ledgerTools],
    ['[folder]', 'where they are (default: the usual place of the tool)'],
  ],
  options: [['--into <folder>', 'folder of the revisions (default: migrations)']],
  example: 'npx limbeck import drizzle ./drizzle',
  async run({ io, flags, paint }, [typed = '', folder]) {
    const tool = ledgerTools.find((each) => each === typed)
    if (tool === undefined)
      throw new LimbeckError('LIMBECK_INVALID_OPTION', `'${typed}' has no history to import`, {
        hint: `Name one of ${ledgerTools.join(', ')}.`,
      })
    const from = path.resolve(io.cwd, folder ?? usual[tool] ?? 'migrations')
    const into = path.resolve(io.cwd, flags.into ?? 'migrations')
    const { importHistory } = await import('../../commands/import.ts')
    const report = await importHistory({ tool, folder: from, into })
    const count = report.written.length === 1 ? '1 revision' : `${report.written.length} revisions`
    return {
      data: report,
      text: [
        `Wrote ${paint('good', count)} to ${shortPath(into, io.cwd)}, from ${shortPath(from, io.cwd)}.`,
        `Now \`migrations: '${shortPath(into, io.cwd)}'\` in limbeck.config.ts; the folder of ${tool} may go.`,
      ].join('\n'),
    }
  },
}
