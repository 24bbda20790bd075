import { refusedTag } from '../alembic-words.ts'
import type { Word } from '../cli-command.ts'
import { refusedOfRuns } from '../familiar-words.ts'
import { carryOut } from '../run-steps-command.ts'

export const upgrade: Word = {
  name: 'upgrade',
  summary: 'run what is pending, up to a target',
  arguments: [
    ['[target]', 'head, heads, an id or its beginning, +2, label@head, … (default: heads)'],
  ],
  options: [
    ['--plan', 'list the steps instead of running them'],
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
  run: (session, [target = 'heads']) => carryOut(session, 'upgrade', target),
}
