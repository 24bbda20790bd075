import { Argument, type Command, Option } from 'commander'
import { refuseOptions } from './alembic-commands.ts'
import type { CliCommand, Flags } from './cli-command.ts'
import { logLevels } from './log-level.ts'

/** Makes an entry of the table a command of the program; `run` gets what was typed, options before its name included. */
export function addCommand(
  program: Command,
  entry: CliCommand,
  group: string,
  run: (flags: Flags, args: readonly string[]) => Promise<void>,
): void {
  const { name, summary, exclusive = [] } = entry
  const command = program.command(name)
  command
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .aliases(entry.aliases ?? [])
    .helpGroup(group)
    .showHelpAfterError(`Try: npx limbeck ${name} --help`)
    .addHelpText('after', `\nExample:\n  $ ${entry.example}`)
  for (const [syntax, description, choices] of entry.arguments ?? []) {
    const argument = new Argument(syntax, description)
    command.addArgument(choices === undefined ? argument : argument.choices(choices))
  }
  for (const [flags, description] of entry.options ?? []) {
    const option = new Option(flags, description)
    const own = exclusive.find((other) => other === option.attributeName())
    const others = own === undefined ? [] : exclusive.filter((other) => other !== own)
    command.addOption(option.conflicts(others))
  }
  refuseOptions(command, entry.unsupported ?? [])
  addSharedOptions(command)
  command.action(() => {
    refuseAlone(command, entry)
    const flags = { ...program.opts<Flags>(), ...command.opts<Flags>() }
    const wrong = entry.validate?.(flags, command.args) ?? null
    return wrong === null ? run(flags, command.args) : command.error(`error: ${wrong}`)
  })
}

function refuseAlone(
  command: Command,
  { requiresFlag: [other, names] = ['json', []] }: CliCommand,
): void {
  const isTyped = (name: string) => command.getOptionValueSource(name) === 'cli'
  const flagOf = (name: string) =>
    command.options.find((option) => option.attributeName() === name)?.long
  const alone = isTyped(other) ? undefined : names.find(isTyped)
  if (alone === undefined) return
  command.error(`error: option '${flagOf(alone)}' means something with '${flagOf(other)}' only`)
}

/** A short form that the command uses for itself (`current -c`, as in Alembic) stays with the command. */
export function addSharedOptions(command: Command): void {
  const taken = new Set(command.options.map(({ short }) => short))
  for (const [short, flags, description] of shared) {
    command.option(short === null || taken.has(short) ? flags : `${short}, ${flags}`, description)
  }
  // Scripts agree in advance, also where nothing is asked.
  if (!taken.has('-y')) command.addOption(new Option('-y, --yes').hideHelp())
  command.addOption(
    new Option('--log-level <level>', 'what is told on the way, on stderr').choices(logLevels),
  )
}

/** Understood before and after every command. */
const shared: readonly (readonly [short: string | null, flags: string, description: string])[] = [
  ['-c', '--config <file>', 'configuration (default: the nearest limbeck.config.ts, .js or .mjs)'],
  [null, '--url <url>', 'database, instead of the configured one'],
  [null, '--json', 'print one JSON document'],
  ['-q', '--quiet', 'print nothing but failures and SQL'],
]
