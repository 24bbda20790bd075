import type { RunReport } from '../../migrator.ts'
import { shellWord } from '../../script/shell-word.ts'
import { refusedTag } from '../alembic-commands.ts'
import type { CliCommand, CommandAnswer, CommandContext } from '../cli-command.ts'
import { refusedOfRuns } from '../familiar-commands.ts'
import { readPlanFile, writePlanFile } from '../plan-file.ts'
import { carryOut } from '../run-steps-command.ts'
import { sameDatabase } from '../same-database.ts'

export const upgrade: CliCommand = {
  name: 'upgrade',
  summary: 'run what is pending, up to a target',
  arguments: [
    ['[target]', 'head, heads, an id or its beginning, +2, label@head, … (default: heads)'],
  ],
  options: [
    ['--plan', 'list the steps instead of running them'],
    [
      '--plan-file <file>',
      'write the plan there, to be approved; where it is written already, run that plan or nothing',
    ],
    ['--rehearse', 'run everything in one transaction and roll it back'],
    [
      '--interrupted <answer>',
      'a CALL or DO that was interrupted: all of it is `done`, or it may run `again`',
    ],
    ['--sql', 'write the SQL instead of running it; FROM:TO as the target gives a range'],
  ],
  exclusive: ['plan', 'rehearse', 'sql'],
  unsupported: [...refusedTag, ...refusedOfRuns],
  example: 'npx limbeck upgrade head',
  validate: ({ planFile, rehearse, sql }) =>
    planFile !== undefined && (rehearse || sql)
      ? `option '--plan-file' cannot be used with option '--${sql ? 'sql' : 'rehearse'}'`
      : null,
  async run(context, [target]) {
    const { io, flags } = context
    const { planFile, plan = false } = flags
    const approved = planFile === undefined || plan ? null : await readPlanFile(io, planFile)
    if (planFile === undefined) return await carryOut(context, 'upgrade', target ?? 'heads')
    if (approved !== null)
      return await carryOut(context, 'upgrade', target ?? approved.target, { approved })
    return await writePlan(context, target ?? 'heads', planFile)
  },
}

/** Nothing runs before a person has read what would. */
async function writePlan(
  context: CommandContext,
  target: string,
  file: string,
): Promise<CommandAnswer> {
  const planning = { ...context, flags: { ...context.flags, plan: true } }
  const answer = await carryOut(planning, 'upgrade', target)
  const { plan } = answer.data as Pick<RunReport, 'plan'>
  if (plan) await writePlanFile(context.io, file, plan)
  return {
    ...answer,
    text: `${answer.text}\nWrote ${file}. Once it is approved, run it: npx limbeck upgrade --plan-file ${shellWord(file)}${sameDatabase(context.flags)}`,
  }
}
