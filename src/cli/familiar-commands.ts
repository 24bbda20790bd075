import type { Command } from 'commander'
import type { Refused } from './alembic-commands.ts'

const autogenerate =
  'Write the revision: `npx limbeck revision --autogenerate -m <text>`; `npx limbeck diff` only prints the change.'
const upgrade =
  'Run what is pending: `npx limbeck upgrade`; `npx limbeck upgrade --plan` only says what it would run.'
const undo =
  'Undo the newest revision: `npx limbeck downgrade -1`; with `--plan` it only says what it would run.'
const where =
  'See where the database is: `npx limbeck current`; `npx limbeck history --indicate-current` lists every revision.'

const goTo =
  'Run up to a revision: `npx limbeck upgrade <revision>`; back to one: `npx limbeck downgrade <revision>`. With `--plan` both only say what they would run.'
const noDatabase =
  'Limbeck neither makes nor drops a database: `createdb`, `dropdb`. To undo every revision: `npx limbeck downgrade base`.'
const dump =
  'Print what makes the tables of the models: `npx limbeck create-all --sql`; of a database: `pg_dump --schema-only`.'

/**
 * Words of drizzle-kit, Prisma, Rails, Knex, Flyway, goose and others. A word that reads leads to one that reads, and what
 * writes is named with the form of it that only looks.
 */
const words: Readonly<Record<string, string>> = {
  generate: autogenerate,
  gen: autogenerate,
  makemigrations: autogenerate,
  add: autogenerate,
  new: autogenerate,
  create:
    'Write an empty revision: `npx limbeck revision -m <text>`; the tables of a fresh database: `npx limbeck create-all`.',
  make: 'Write an empty revision: `npx limbeck revision -m <text>`.',
  push: `Limbeck keeps each change as a file. ${autogenerate} Then: \`npx limbeck upgrade\`.`,
  pull: 'Models are written by hand, or by `npx drizzle-kit pull`; `npx limbeck diff` compares them with the database.',
  introspect:
    'Models are written by hand, or by `npx drizzle-kit pull`; `npx limbeck diff` compares them with the database.',
  migrate: upgrade,
  run: upgrade,
  up: upgrade,
  'up-to': goTo,
  goto: goTo,
  to: goTo,
  'up-by-one':
    'Run the next revision: `npx limbeck upgrade +1`; with `--plan` it only says what it would run.',
  next: 'Run the next revision: `npx limbeck upgrade +1`; with `--plan` it only says what it would run.',
  deploy: upgrade,
  latest: upgrade,
  apply: upgrade,
  down: undo,
  rollback: undo,
  undo,
  revert: undo,
  prev: undo,
  'down-to':
    'Undo what is newer than a revision: `npx limbeck downgrade <revision>`; with `--plan` it only says what it would run.',
  redo: 'Undo the newest revision and run it again: `npx limbeck downgrade -1`, then `npx limbeck upgrade`.',
  reset:
    'Undo everything: `npx limbeck downgrade base`, then `npx limbeck upgrade`. Rows are lost.',
  fresh:
    'Undo everything: `npx limbeck downgrade base`, then `npx limbeck upgrade`. Rows are lost.',
  refresh:
    'Undo everything: `npx limbeck downgrade base`, then `npx limbeck upgrade`. Rows are lost.',
  wipe: noDatabase,
  clean: noDatabase,
  'db:drop': noDatabase,
  'schema:drop': noDatabase,
  'db:create': noDatabase,
  drop: 'A revision that was never applied is a file: delete it. An applied one is undone: `npx limbeck downgrade -1`.',
  info: where,
  currentversion: where,
  'current-version': where,
  version: `${where} The version of Limbeck: \`npx limbeck --version\`.`,
  list: 'List the revisions: `npx limbeck history`.',
  ls: 'List the revisions: `npx limbeck history`.',
  log: 'List the revisions: `npx limbeck history`.',
  pending: 'See what is pending: `npx limbeck upgrade --plan`.',
  plan: 'See what is pending: `npx limbeck upgrade --plan`.',
  validate: 'Check files, models and database: `npx limbeck check`.',
  verify: 'Check files, models and database: `npx limbeck check`.',
  repair:
    'See what another tool left behind: `npx limbeck doctor`; to say where the database is: `npx limbeck stamp <revision>`.',
  baseline:
    'Say where a database is that has its tables already: `npx limbeck stamp --detect`, or `npx limbeck stamp <revision>`.',
  resolve:
    'Say where a database is: `npx limbeck stamp <revision>`; `npx limbeck doctor` weighs the ledger of another tool.',
  squash:
    'Put one file in the place of many: remove the old ones, then `npx limbeck revision --from-database -m <text> --rev-id <head>`, and `npx limbeck stamp heads` where the old ones were run.',
  seed: 'Rows that the code relies on are a revision: `npx limbeck revision -m <text> --fresh run`; others are loaded by a script of your own.',
  unlock:
    'There is nothing to give back: the lock goes with the session that holds it. `npx limbeck upgrade` names who has it.',
  force: 'Say where the database is, and run nothing: `npx limbeck stamp <revision>`.',
  dev: `${autogenerate} Then: \`npx limbeck upgrade\`.`,
  watch: `${autogenerate} Then: \`npx limbeck upgrade\`.`,
  sync: `Limbeck keeps each change as a file. ${autogenerate} Then: \`npx limbeck upgrade\`.`,
  export: dump,
  dump,
  execute: 'Run a script: `psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f <file>`.',
  erd: 'Draw the models: `npx limbeck graph --models`.',
  studio: 'Limbeck has no browser of rows: `npx drizzle-kit studio` keeps working beside it.',
}

/** What other tools put before a word: `migrate status`, `db:push`, `migration:run`. */
const groups: ReadonlySet<string> = new Set(['migrate', 'migration', 'migrations', 'db', 'schema'])

/** The hint for a word, or for the one that belongs to it; undefined for one that no tool has. */
function hintFor(word: string, next: string, own: ReadonlySet<string>): string | undefined {
  const plain = word.toLowerCase().replace(/^(up|down):to$/, '$1-to')
  const [group = '', rest = ''] = plain.split(/:(.*)/s)
  const exact = words[`${plain}:${next}`] ?? (rest === '' ? undefined : words[plain])
  if (exact !== undefined) return exact
  const inner = groups.has(group) ? rest || next.toLowerCase() : ''
  if (inner === 'show') return where
  if (own.has(inner)) return `It is a command of its own: \`npx limbeck ${inner}\`.`
  return words[inner] ?? words[plain] ?? (groups.has(group) && rest === '' ? where : undefined)
}

/** Makes the program know what was typed of them, only to say what does it here: exit 2. Words that Limbeck has are left alone. */
export function answerFamiliarCommands(
  program: Command,
  own: ReadonlySet<string>,
  argv: readonly string[],
): void {
  const typed = argv.filter((argument) => !argument.startsWith('-'))
  for (const [index, word] of typed.entries()) {
    if (own.has(word) || program.commands.some((command) => command.name() === word)) continue
    const hint = hintFor(word, typed[index + 1] ?? '', own)
    if (hint === undefined) continue
    program
      .command(word, { hidden: true })
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() =>
        program.error(`error: '${word}' is called something else here\n  hint: ${hint}`),
      )
  }
}

/** Of commands that run something: the option of other tools that only looks. */
export const refusedOfRuns: readonly Refused[] = [
  [
    '--dry-run',
    'See what it would run: `--plan`, or `--sql` for the script; `--rehearse` runs it and rolls back.',
    'elsewhere',
  ],
  [
    '--fake',
    'Say where the database is, and run nothing: `npx limbeck stamp <revision>`.',
    'elsewhere',
  ],
]
