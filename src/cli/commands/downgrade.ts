import { readFile } from 'node:fs/promises'
import { LimbeckError } from '../../errors.ts'
import type { RunReport } from '../../migrator.ts'
import { shellWord } from '../../script/shell-word.ts'
import { refusedTag } from '../alembic-commands.ts'
import type { CliCommand, CommandContext } from '../cli-command.ts'
import { refusedOfRuns } from '../familiar-commands.ts'
import { carryOut, rebuiltLines } from '../run-steps-command.ts'
import { sameDatabase } from '../same-database.ts'

export const downgrade: CliCommand = {
  name: 'downgrade',
  summary: 'undo revisions, down to a target',
  arguments: [['<target>', 'base, an id or its beginning, -1, label@-2, …']],
  options: [
    ['--from-history', 'also undo what this build has no file of, by the SQL kept in the history'],
    ['--plan', 'list the steps instead of running them'],
    ['--rehearse', 'run everything in one transaction and roll it back'],
    [
      '--interrupted <answer>',
      'a CALL or DO that was interrupted: all of it is `done`, or it may run `again`',
    ],
    ['--sql', 'write the SQL instead of running it; needs FROM:TO as the target'],
    ['-y, --yes', 'undo without asking, also by SQL from the history'],
  ],
  exclusive: ['plan', 'rehearse', 'sql'],
  unsupported: [...refusedTag, ...refusedOfRuns],
  example: 'npx limbeck downgrade -1',
  async run(context, [target = '']) {
    const { fromHistory, plan, rehearse, sql } = context.flags
    if (plan || rehearse || sql) return await carryOut(context, 'downgrade', target)
    if (fromHistory)
      return await carryOut(context, 'downgrade', target, { agreed: await agree(context, target) })
    await confirmUndo(context, target)
    return await carryOut(context, 'downgrade', target)
  },
}

/** A downgrade deletes what its upgrade made: a person at a terminal sees the steps first. */
async function confirmUndo(context: CommandContext, target: string): Promise<void> {
  const { flags, migrator, ask, say } = context
  if (ask === null || flags.yes === true) return
  const limbeck = await migrator()
  const { applied } = await limbeck.downgrade(target, { plan: true })
  if (applied.length === 0) return
  const files = new Map((await limbeck.history()).map(({ revision, file }) => [revision, file]))
  for (const { revision, message } of applied) {
    say(`downgrade ${revision}, ${message}`)
    for (const loss of await lossesOf(files.get(revision))) say(`  ${loss}`)
  }
  if (await ask(`Undo ${applied.length === 1 ? 'it' : `these ${applied.length}`}?`)) return
  throw new LimbeckError('LIMBECK_CANCELLED', 'nothing was downgraded', {
    hint: 'Add --yes to run it without the question.',
  })
}

/** The `data loss:` lines of a file's downgrade; none where there is no such file to read. */
async function lossesOf(file: string | undefined): Promise<readonly string[]> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '')
  const [, downgrade = ''] = text.split(/^--\s*\+downgrade\s*$/m)
  return [...downgrade.matchAll(/^\s*--\s*(data loss:.*?)\s*$/gm)].flatMap(([, loss]) => loss ?? [])
}

/** SQL that is in no file here is shown before it is run, and only what was shown is. */
async function agree(
  { flags, migrator, ask, say }: CommandContext,
  target: string,
): Promise<RunReport['rebuilt']> {
  const limbeck = await migrator()
  const report = await limbeck.downgrade(target, { plan: true, fromHistory: true })
  const { rebuilt = [] } = report
  if (rebuilt.length === 0) return rebuilt
  say(rebuiltLines(report).join('\n'))
  if (flags.yes === true) return rebuilt
  const revisions = rebuilt.map(({ revision }) => revision)
  const facts = {
    revisions,
    hint: `Read it with --plan, then run \`npx limbeck downgrade --from-history --yes ${shellWord(target)}${sameDatabase(flags)}\`.`,
  }
  if (ask === null)
    throw new LimbeckError(
      'LIMBECK_DATABASE_AHEAD',
      `${revisions.join(', ')} would be undone by SQL from the history; to run it pass --yes`,
      facts,
    )
  if (await ask('Run it?')) return rebuilt
  throw new LimbeckError('LIMBECK_CANCELLED', 'nothing was downgraded', facts)
}
