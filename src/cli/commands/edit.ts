import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LimbeckError } from '../../errors.ts'
import { shellWord } from '../../script/shell-word.ts'
import { mentionsCurrent } from '../../session/mentions-current.ts'
import type { CliCommand } from '../cli-command.ts'

export const edit: CliCommand = {
  name: 'edit',
  summary: 'open a revision file in $VISUAL or $EDITOR',
  arguments: [['<revision>', 'an id or its beginning, head, label@head, …']],
  example: 'npx limbeck edit head',
  async run({ io, migrator }, [target = '']) {
    const files = (
      await (await migrator(mentionsCurrent(target) ? undefined : 'files')).show(target)
    ).map(({ file }) => file)
    if (files.length === 0) {
      throw new LimbeckError('LIMBECK_NO_SUCH_REVISION', `there is no revision at ${target}`, {
        hint: 'Name one of those that `npx limbeck history` lists.',
      })
    }
    const editor = io.env.VISUAL || io.env.EDITOR
    if (!editor) {
      throw new LimbeckError(
        'LIMBECK_INVALID_OPTION',
        'neither VISUAL nor EDITOR names an editor',
        {
          hint: `Type \`EDITOR=vi npx limbeck edit ${shellWord(target)}\`.`,
        },
      )
    }
    await open(editor, files, io.stdout.isTTY === true)
    return { data: { editor, files }, text: '' }
  },
}

/** Through a shell, because an editor setting carries arguments (`code --wait`); paths go as arguments. */
async function open(editor: string, files: readonly string[], terminal: boolean) {
  const child = spawn('sh', ['-c', `${editor} "$@"`, editor, ...files], {
    // What an editor prints is no answer.
    stdio: ['inherit', terminal ? 'inherit' : 2, 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code === 0) return
  throw new LimbeckError('LIMBECK_LOAD_FAILED', `the editor '${editor}' ended with ${code}`)
}
