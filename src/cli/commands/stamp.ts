import { LimbeckError } from '../../errors.ts'
import type { StampReport } from '../../migrator.ts'
import { shellWord } from '../../script/shell-word.ts'
import { refusedTag } from '../alembic-commands.ts'
import type { CliCommand, CommandContext } from '../cli-command.ts'
import { adopts, formatStamp, formatStampPlan, listNames } from '../format/run.ts'
import { sameDatabase } from '../same-database.ts'

export const stamp: CliCommand = {
  name: 'stamp',
  summary: 'write the version table without running anything',
  arguments: [['[targets...]', 'head, heads, base, ids, label@head, …']],
  options: [
    ['--purge', 'delete every version row first, also rows of unknown revisions'],
    ['--detect', 'stamp the revision whose schema equals the database'],
    ['--sql', 'write the SQL instead of running it'],
    ['-y, --yes', 'adopt a database that has tables but no version row without asking'],
  ],
  exclusive: ['purge', 'sql'],
  validate({ detect = false, sql = false }, targets) {
    if (!detect) return targets.length > 0 ? null : "missing required argument 'targets'"
    if (sql) return "option '--detect' needs a database, and '--sql' has none"
    return targets.length > 0 ? "option '--detect' finds the target by itself" : null
  },
  unsupported: refusedTag,
  example: 'npx limbeck stamp head',
  async run(context, targets) {
    const { flags, paint, migrator } = context
    const { detect = false, purge = false, sql = false } = flags
    const options = { detect, purge, sql }
    if (flags.yes !== true && !sql) {
      const plan = await (await migrator()).stamp(targets, { ...options, dryRun: true })
      if (adopts(plan)) await askToAdopt(context, plan, detect ? ['--detect'] : targets)
    }
    const needs = sql ? 'files' : undefined
    const report = await (await migrator(needs)).stamp(targets, options)
    return { data: report, text: formatStamp(report, paint), script: report.sql }
  },
}

/** Without a terminal to ask on, the refusal itself says what was found and what would be written. */
async function askToAdopt(context: CommandContext, plan: StampReport, targets: readonly string[]) {
  const { ask, flags, paint } = context
  const facts = {
    revisions: plan.to,
    hint: `Run \`npx limbeck stamp --yes${flags.purge ? ' --purge' : ''} ${targets.map(shellWord).join(' ')}${sameDatabase(flags)}\`.`,
  }
  if (ask === null) {
    const found = `tables (${listNames(plan.found.tables)}) and no version row`
    throw new LimbeckError(
      'LIMBECK_LEGACY_DATABASE',
      `the database has ${found}; to stamp it as ${plan.to.join(', ')} pass --yes`,
      facts,
    )
  }
  if (await ask(`${formatStampPlan(plan, paint)}\nStamp it?`)) return
  throw new LimbeckError('LIMBECK_CANCELLED', 'nothing was stamped', facts)
}
