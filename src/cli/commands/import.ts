import path from 'node:path'
import { usualFolder } from '../../authoring/import/usual-folder.ts'
import type { ImportReport } from '../../commands/import.ts'
import type { LimbeckOptions } from '../../config/options.ts'
import { LimbeckError } from '../../errors.ts'
import { codeTools, ledgerTools, sqlTools } from '../../script/ledger-entry.ts'
import { shellWord } from '../../script/shell-word.ts'
import type { CliCommand, Flags } from '../cli-command.ts'
import { readConfig, readVariables, urlWithout } from '../config-file.ts'
import { shortPath } from '../format/format.ts'
import type { Io } from '../io.ts'

const importTools = [...ledgerTools, 'alembic']

export const importCommand: CliCommand = {
  name: 'import',
  summary: 'write a revision for each migration of another tool; its ledger is taken over later',
  arguments: [
    ['<tool>', 'whose migrations', importTools],
    ['[folder]', 'where they are (default: where the tool usually keeps them); of alembic its SQL'],
  ],
  options: [
    [
      '--into <folder>',
      'folder of the revisions (default: migrations, or revisions where the tool has that)',
    ],
    [
      '--with-downgrades',
      'derive each downgrade by replaying the history in a scratch database, and mark what cannot be derived',
    ],
  ],
  example: 'npx limbeck import drizzle ./drizzle',
  async run({ io, flags, paint, say }, [typed = '', folder]) {
    const code = codeTools.find((each) => each === typed)
    if (code !== undefined)
      throw new LimbeckError(
        'LIMBECK_INVALID_OPTION',
        `the migrations of ${code} are code, not SQL`,
        {
          hint: `Write what they have made as the first revision: \`npx limbeck revision --from-database -m baseline\`. Databases that ${code} has brought there are adopted by it.`,
        },
      )
    const tool = (['alembic', ...sqlTools] as const).find((each) => each === typed)
    if (tool === undefined)
      throw new LimbeckError('LIMBECK_INVALID_OPTION', `'${typed}' has no history to import`, {
        hint: `Name one of ${[...sqlTools, 'alembic'].join(', ')}.`,
      })
    const from = path.resolve(io.cwd, folder ?? (await usualFolder(tool, io.cwd)))
    const isTaken = from === path.resolve(io.cwd, 'migrations')
    const into = path.resolve(io.cwd, flags.into ?? (isTaken ? 'revisions' : 'migrations'))
    const { importHistory } = await import('../../commands/import.ts')
    const deriveOn = flags.withDowngrades === true ? await readServer(io, flags, into) : undefined
    if (deriveOn !== undefined) say('replaying the history in a scratch database')
    const report = await importHistory({ tool, folder: from, into, deriveOn, environment: io.env })
    const count = report.written.length === 1 ? '1 revision' : `${report.written.length} revisions`
    return {
      data: report,
      text: [
        `Wrote ${paint('good', count)} to ${shortPath(into, io.cwd)}, from ${shortPath(from, io.cwd)}.`,
        ...(deriveOn === undefined ? [] : downgradeLines(report, io.cwd)),
        tool === 'alembic'
          ? `Now \`migrations: '${shortPath(into, io.cwd)}'\` and \`versionTable: 'alembic_version'\` in limbeck.config.ts.`
          : `${await configured(io, flags, shortPath(into, io.cwd))}; the folder of ${tool} may go.`,
      ].join('\n'),
    }
  },
}

/** What to do so that the revisions are found. */
async function configured(io: Io, flags: Flags, into: string): Promise<string> {
  const isSetUp = await readConfig(io, flags).then(
    () => true,
    (error: unknown) => !(error instanceof LimbeckError) || error.code !== 'LIMBECK_CONFIG_MISSING',
  )
  if (isSetUp) return `Now \`migrations: '${into}'\` in limbeck.config.ts`
  const folder = into === 'migrations' ? '' : ` ${shellWord(into)}`
  return `Now \`npx limbeck init${folder}\` writes limbeck.config.ts`
}

/** The project's configuration where there is one; an import may come before it. */
async function readServer(io: Io, flags: Flags, into: string) {
  const { resolveConfig } = await import('../../config/resolve-config.ts')
  const options = await readConfig(io, flags).catch(async (error): Promise<LimbeckOptions> => {
    if (!(error instanceof LimbeckError) || error.code !== 'LIMBECK_CONFIG_MISSING') throw error
    return { url: urlWithout(flags, await readVariables(io.cwd, io.env)), migrations: into }
  })
  const hasUrl = options.url !== '' || options.migrationUrl !== undefined
  const url = hasUrl ? options.url : 'postgres://none.invalid/none'
  return { config: resolveConfig({ ...options, url, signal: io.signal }), hasUrl }
}

const shown = 10

/** How many have a downgrade, and what is missing of it. */
function downgradeLines({ written, downgrades }: ImportReport, cwd: string): readonly string[] {
  const open = written.filter(({ left }) => left.length > 0)
  const lines = open
    .slice(0, shown)
    .flatMap(({ file, left }) => `  ${shortPath(file, cwd)}: ${left.join('; ')}`)
  const more = open.length > shown ? [`  and ${open.length - shown} more`] : []
  return [
    `${downgrades} of ${written.length} have a downgrade.`,
    ...(open.length === 0 ? [] : ['Not undone, as the files say, too:', ...lines, ...more]),
  ]
}
