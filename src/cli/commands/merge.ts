import type { CliCommand } from '../cli-command.ts'
import { formatWritten } from '../format/format.ts'

export const merge: CliCommand = {
  name: 'merge',
  summary: 'write a revision file that joins branches',
  arguments: [['<revisions...>', 'the parents: ids, labels, heads']],
  options: [
    ['-m, --message <text>', 'first line of the file and end of its name'],
    ['--splice', 'allow parents that are not heads'],
    ['--branch-label <label>', 'name the branch that begins here'],
    ['--rev-id <id>', 'the id, instead of 12 random hex digits'],
  ],
  example: "npx limbeck merge heads -m 'merge search and billing'",
  async run({ io, flags, migrator, paint }, revisions) {
    const { message, splice, branchLabel, revId } = flags
    const written = await (await migrator('files')).merge(revisions, {
      message,
      splice,
      branchLabel,
      revId,
    })
    return { data: written, text: formatWritten(written, paint, io.cwd) }
  },
}
