import type { RunReport } from '../../migrator.ts'
import { refusedTag } from '../alembic-words.ts'
import type { Answer, Session, Word } from '../cli-command.ts'
import { refusedOfRuns } from '../familiar-words.ts'
import { readPlanFile, writePlanFile } from '../plan-file.ts'
import { carryOut } from '../run-steps-command.ts'

export const upgrade: Word = {
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
      'a CALL or DO that was cut off: all of it is `done`, or it may run `again`',
    ],
    ['--sql', 'write the SQL instead of running it; FROM:TO as the target gives a range'],
  ],
  exclusive: ['plan', 'rehearse', 'sql'],
  refused: [...refusedTag, ...refusedOfRuns],
  example: 'npx limbeck upgrade head',
  misuse: ({ planFile, rehearse, sql }) =>
    planFile !== undefined && (rehearse || sql)
      ? `option '--plan-file' cannot be used with option '--${sql ? 'sql' : 'rehearse'}'`
      : null,
  async run(session, [target]) {
    const { io, flags } = session
    const { planFile, plan = false } = flags
    const approved = planFile === undefined || plan ? null : await readPlanFile(io, planFile)
    if (planFile === undefined) return await carryOut(session, 'upgrade', target ?? 'heads')
    if (approved !== null)
      return await carryOut(session, 'upgrade', target ?? approved.target, { approved })
    return await writePlan(session, target ?? 'heads', planFile)
  },
}

/** Nothing runs before somebody has read what would. */
async function writePlan(session: Session, target: string, file: string): Promise<Answer> {
  const planning = { ...session, flags: { ...session.flags, plan: true } }
  const answer = await carryOut(planning, 'upgrade', target)
  const { plan } = answer.data as Pick<RunReport, 'plan'>
  if (plan) await writePlanFile(session.io, file, plan)
  return {
    ...answer,
    text: `${answer.text}\nWrote ${file}. Once it is approved, run it: npx limbeck upgrade --plan-file ${file}`,
  }
}
