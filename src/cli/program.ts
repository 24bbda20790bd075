import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import type { LimbeckError } from '../errors.ts'
import { addCommand, addSharedOptions } from './add-command.ts'
import { refuseAlembicCommands } from './alembic-commands.ts'
import type { CommandAnswer, Flags } from './cli-command.ts'
import { openContext } from './command-context.ts'
import { commands, groupOf } from './commands.ts'
import { complete, completionWord } from './completion/complete.ts'
import { answerFamiliarCommands } from './familiar-commands.ts'
import { errorDocument, formatError } from './format/error.ts'
import type { Io } from './io.ts'
import { paintFor } from './paint.ts'
import { printableIo } from './printable.ts'

/**
 * Runs one command line (without `node` and the script) and returns the exit code:
 * 0 done, 1 failed, 2 usage. Never throws and never ends the process.
 */
export async function main(argv: readonly string[], real: Io): Promise<number> {
  const io = printableIo(real)
  const [first, ...typed] = argv
  if (first === completionWord) return await complete(createProgram(io, []), typed, io)
  let code = 0
  const onFailure = (failure: LimbeckError) => {
    code = complain(failure, io)
  }
  try {
    await createProgram(io, argv, onFailure, real).parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, argv, io)
    return fail(error, argv, io)
  }
}

function createProgram(
  io: Io,
  argv: readonly string[],
  onFailure: (failure: LimbeckError) => void = () => {},
  real: Io = io,
): Command {
  const program = new Command('limbeck')
  const version: string = createRequire(import.meta.url)('limbeck/package.json').version
  program
    .description('Migrations for Drizzle and PostgreSQL, with the words of Alembic.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', '\nExample:\n  $ npx limbeck init')
    .showHelpAfterError('Try: npx limbeck --help')
    // Options may stand before or after the command; what follows the command belongs to the command.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns || 100,
      getErrHelpWidth: () => io.stderr.columns || 100,
      outputError: (text, write) => write(text.replace(/^error: /, 'limbeck: ')),
    })
  addSharedOptions(program)
  refuseAlembicCommands(program)
  answerFamiliarCommands(
    program,
    new Set(commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])),
    argv,
  )
  for (const command of commands) {
    addCommand(program, command, groupOf(command), async (flags, args) => {
      const [context, close] = openContext(io, flags)
      const answer = await command.run(context, args).finally(close)
      print(answer, flags, io, real)
      if (answer.failure) onFailure(answer.failure)
    })
  }
  return program
}

function print(
  { data, text, script }: CommandAnswer,
  { json, quiet }: Flags,
  io: Io,
  real: Io,
): void {
  if (json === true) io.stdout.write(`${JSON.stringify(data, null, 2)}\n`)
  else if (script !== undefined)
    scriptOutput(io, real).write(script.endsWith('\n') ? script : `${script}\n`)
  else if (quiet !== true && text !== '') io.stdout.write(`${text}\n`)
}

/** A script is for psql or a file, byte by byte; on a terminal it is only read. */
function scriptOutput(io: Io, real: Io) {
  return real.stdout.isTTY === true ? io.stdout : real.stdout
}

function fail(error: unknown, argv: readonly string[], io: Io): number {
  if (wantsJson(argv)) io.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`)
  return complain(error, io)
}

function complain(error: unknown, io: Io): number {
  io.stderr.write(`${formatError(error, paintFor(io.stderr, io.env), io.cwd)}\n`)
  return 1
}

/** Help and version end the parsing too, but well; commander has said the rest. */
function endOfParsing(error: CommanderError, argv: readonly string[], io: Io): number {
  if (error.exitCode === 0) return 0
  if (wantsJson(argv)) {
    const message = error.message.replace(/^error: /, '')
    io.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', message } }, null, 2)}\n`)
  }
  return 2
}

const wantsJson = (argv: readonly string[]): boolean => argv.includes('--json')
