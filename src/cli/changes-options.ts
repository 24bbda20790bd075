import type { ChangesOptions } from '../migrator.ts'
import type { CliCommand, CommandContext } from './cli-command.ts'

/** Flags of all commands that compare the models with the database. */
export const changesFlags: NonNullable<CliCommand['options']> = [
  ['--rename <old=new...>', 'what was renamed: table.old=new, old=new, enum.value=new'],
  ['--new <name...>', 'what is new in the models, and no new name of what is gone'],
  ['--no-renames', 'nothing was renamed: what is gone is dropped'],
  ['--using <column=sql...>', 'how a type changes without a cast: table.column=expression'],
  ['--using-down <column=sql...>', 'the same for the downgrade: table.column=expression'],
]

/** The flags as options; questions that are left go to the person at the terminal. */
export function changesOptions({ flags, choose, askText }: CommandContext): ChangesOptions {
  return {
    rename: flags.rename,
    new: flags.new,
    renames: flags.renames,
    using: flags.using,
    usingDown: flags.usingDown,
    ask: choose === null ? undefined : askNewName(choose),
    askUsing: askText === null ? undefined : askExpression(askText),
  }
}

type Asking = Pick<CommandContext, 'choose' | 'askText'>

function askNewName(choose: NonNullable<Asking['choose']>): ChangesOptions['ask'] {
  return ({ of, from, to, answers }) =>
    choose(`Is ${of} ${from} gone, or has it a new name?`, [
      ...to.map((name) => `renamed to ${name}`),
      ...(answers.length > to.length ? [`gone: it is dropped, ${to.join(' and ')} is new`] : []),
    ])
}

function askExpression(askText: NonNullable<Asking['askText']>): ChangesOptions['askUsing'] {
  return ({ of, from, to }, way) =>
    way === 'there'
      ? askText(`How does ${from} become ${to.join()} in ${of}? (an SQL expression)`)
      : askText('And back? (the same; a cast is tried where nothing is typed)', true)
}
