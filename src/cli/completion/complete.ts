import type { Command, Option } from 'commander'
import type { Io } from '../io.ts'
import { type Candidate, completeRevisions } from './complete-revisions.ts'

/** The word that only completion scripts type: what is on the command line behind it, up to the cursor. */
export const completionWord = '__complete'

/** Printed instead of candidates where the shell shall complete names of files. */
export const filesMarker = '<files>'

/**
 * Prints what the last of the typed words may become: one candidate a line, its description behind a tab.
 * A failure is no candidate, and is not shown in the middle of typing.
 */
export async function complete(
  program: Command,
  typed: readonly string[],
  io: Io,
): Promise<number> {
  const found = await candidates(program, typed, io).catch(() => [])
  for (const { value, description } of found) {
    io.stdout.write(`${`${value}\t${description.replaceAll(/\p{Cc}/gu, ' ')}`.trimEnd()}\n`)
  }
  return 0
}

async function candidates(
  program: Command,
  typed: readonly string[],
  io: Io,
): Promise<readonly Candidate[]> {
  const current = typed.at(-1) ?? ''
  const cursor = contextAt(program, typed.slice(0, -1))
  if (cursor === null) return []
  const { command, operands, awaiting, config } = cursor
  const values = (option: Option, text: string) =>
    completeValue(program, valueName(option), text, { io, config })
  if (awaiting !== undefined) return await values(awaiting, current)
  const [, flag, text] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? []
  if (flag !== undefined && text !== undefined) {
    const option = optionNamed(command, flag)
    const found = option === undefined ? [] : await values(option, text)
    return found.map(({ value, ...rest }) => ({ ...rest, value: `${flag}=${value}` }))
  }
  if (/^-(?!\d)/.test(current)) return startingWith(optionsOf(command), current)
  if (command === program) return startingWith(wordsOf(program), current)
  const argument = command.registeredArguments[operands] ?? command.registeredArguments.at(-1)
  if (argument === undefined || (operands > 0 && !argument.variadic)) return []
  const choices = argument.argChoices?.map((value) => ({ value, description: '' }))
  if (choices !== undefined) return startingWith(choices, current)
  return await completeValue(program, argument.name(), current, { io, config })
}

/** Where the cursor is. */
interface CursorContext {
  readonly command: Command
  /** Arguments of the command before the cursor. */
  readonly operands: number
  /** The option whose value is being typed. */
  readonly awaiting: Option | undefined
  /** What `--config` says. */
  readonly config: string | undefined
}

/** Null behind a word that does not exist. */
function contextAt(program: Command, words: readonly string[]): CursorContext | null {
  let cursor: CursorContext = {
    command: program,
    operands: 0,
    awaiting: undefined,
    config: undefined,
  }
  for (const word of words) {
    const { command, awaiting } = cursor
    const option = optionNamed(command, word)
    if (awaiting !== undefined) {
      const config = awaiting.long === '--config' ? word : cursor.config
      cursor = { ...cursor, awaiting: undefined, config }
    } else if (option !== undefined) {
      cursor = { ...cursor, awaiting: option.required ? option : undefined }
    } else if (/^-(?!\d)/.test(word)) {
      const config = /^--config=(.*)$/s.exec(word)?.[1] ?? cursor.config
      cursor = { ...cursor, config }
    } else if (command === program) {
      const named = program
        .createHelp()
        .visibleCommands(program)
        .find((each) => each.name() === word || each.aliases().includes(word))
      if (named === undefined) return null
      cursor = { ...cursor, command: named }
    } else {
      cursor = { ...cursor, operands: cursor.operands + 1 }
    }
  }
  return cursor
}

const optionNamed = (command: Command, word: string): Option | undefined =>
  command.options.find(({ long, short }) => long === word || short === word)

/** What stands between the angle brackets of the option. */
const valueName = ({ flags }: Option): string => /<([\w-]+)/.exec(flags)?.[1] ?? ''

/** A value by the name it has in the help. */
async function completeValue(
  program: Command,
  name: string,
  text: string,
  { io, config }: { readonly io: Io; readonly config: string | undefined },
): Promise<readonly Candidate[]> {
  if (name === 'file' || name === 'folder') return [{ value: filesMarker, description: '' }]
  if (name === 'command') return startingWith(wordsOf(program), text)
  if (!/^(revision|target)s?$|^range$/.test(name)) return []
  return await completeRevisions(io, config, text)
}

const wordsOf = (program: Command): readonly Candidate[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), description: command.summary() }))

const optionsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ value: long, description }] : []))

const startingWith = (all: readonly Candidate[], text: string): readonly Candidate[] =>
  all.filter(({ value }) => value.startsWith(text))
