import { LimbeckError } from '../errors.ts'
import type { AppliedStep, ApprovedPlan, Migrator, RunReport } from '../migrator.ts'
import type { CommandAnswer, CommandContext } from './cli-command.ts'
import { type DescribedStep, formatRun, formatSteps } from './format/run.ts'

/** What `upgrade` and `downgrade` have in common: run, or list what would be run. */
export async function carryOut(
  { io, flags, migrator, paint }: CommandContext,
  direction: RunReport['direction'],
  target: string,
  { agreed, approved }: { agreed?: RunReport['rebuilt']; approved?: ApprovedPlan } = {},
): Promise<CommandAnswer> {
  const { sql, plan, rehearse, fromHistory = false } = flags
  const interrupted = answerOf(flags.interrupted)
  const limbeck = await migrator(sql === true && !fromHistory ? 'files' : undefined)
  const options = { sql, plan, rehearse, interrupted }
  const report =
    direction === 'upgrade'
      ? await limbeck.upgrade(target, { ...options, approved })
      : await limbeck.downgrade(target, { ...options, fromHistory, agreed })
  if (report.kind === 'run' || report.kind === 'sql') {
    return { data: report, text: formatRun(report, paint), script: report.sql }
  }
  const steps = await describeSteps(limbeck, report.applied)
  return {
    data: { ...report, applied: steps },
    text: [...rebuiltLines(report), formatSteps(report, steps, paint, io.cwd)].join('\n'),
  }
}

function answerOf(given: string | undefined): 'done' | 'again' | undefined {
  if (given === undefined || given === 'done' || given === 'again') return given
  throw new LimbeckError('LIMBECK_INVALID_OPTION', `--interrupted ${given} is not an answer`, {
    hint: 'Write `--interrupted done` or `--interrupted again`.',
  })
}

/** What was kept of revisions that this build has no file of: to be read before it is run. */
export function rebuiltLines({ rebuilt = [] }: RunReport): readonly string[] {
  return rebuilt.map(
    ({ revision, downgradeSql }) =>
      `-- ${revision}, from the history:\n${downgradeSql ?? '-- (not kept)'}\n`,
  )
}

async function describeSteps(
  limbeck: Migrator,
  steps: readonly AppliedStep[],
): Promise<readonly DescribedStep[]> {
  const infos = new Map((await limbeck.history()).map((info) => [info.revision, info]))
  return steps.map((step) => {
    const { file, transactional, irreversible, compatible } = infos.get(step.revision) ?? {}
    return { ...step, file, transactional, irreversible, compatible }
  })
}
