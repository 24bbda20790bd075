import { type Command, Option } from 'commander'

/** What is refused, as typed, and what to do instead. */
export type Refused = readonly [typed: string, hint: string, origin?: 'elsewhere']

/** Alembic's words that do not exist here. */
const words: readonly Refused[] = [
  [
    'list_templates',
    'There is one layout: `npx limbeck init`; `npx limbeck revision --ts` writes TypeScript.',
  ],
  [
    'list-templates',
    'There is one layout: `npx limbeck init`; `npx limbeck revision --ts` writes TypeScript.',
  ],
]

const globals: readonly Refused[] = [
  [
    '-n, --name <section>',
    'A project with several databases has a file for each: `npx limbeck -c <file> upgrade`.',
  ],
  ['-x <arg>', 'A `.ts` revision and limbeck.config.ts read process.env.'],
  ['--raiseerr', '`--json` prints everything that is known of a failure.'],
]

/** A revision is a file: there is no SQL to print instead. */
export const refusedOfRevision: readonly Refused[] = [
  [
    '-y, --yes',
    'Say what you agree to: `--allow-data-loss` to losing data, `--rename`, `--new` or `--no-renames` to a name.',
    'elsewhere',
  ],
  [
    '--sql',
    '`npx limbeck diff` prints what `npx limbeck revision --autogenerate` would write; `npx limbeck upgrade --sql` prints what is pending.',
  ],
]

/** `--tag` was for env.py, which does not exist here. */
export const refusedTag: readonly Refused[] = [
  [
    '--tag <tag>',
    'No script reads it here; `applicationVersion` in limbeck.config.ts goes to the history.',
  ],
]

/** Options of `init` that choose a template. */
export const refusedOfInit: readonly Refused[] = [
  ['-t, --template <template>', 'There is one layout: leave it out.'],
  ['--package', 'A folder of revisions is not a package: leave it out.'],
]

/** Makes the program know Alembic's words and options that are missing, only to say what to type instead: exit 2. */
export function refuseAlembicCommands(program: Command): void {
  refuseOptions(program, globals)
  for (const [word, hint] of words) {
    program
      .command(word, { hidden: true })
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => refuse(program, `'${word}'`, hint))
  }
}

/** The same for options of one command. */
export function refuseOptions(command: Command, refused: readonly Refused[]): void {
  for (const [flags, hint, origin] of refused) {
    const option = new Option(flags).hideHelp()
    command.addOption(option).on(`option:${option.name()}`, () => {
      const what = `option '${option.long ?? option.short}'`
      if (origin === undefined) refuse(command, what, hint)
      command.error(`error: ${what} is called something else here\n  hint: ${hint}`)
    })
  }
}

function refuse(command: Command, what: string, hint: string): never {
  return command.error(`error: Limbeck has no ${what} of Alembic's\n  hint: ${hint}`)
}
