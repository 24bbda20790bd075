import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { LimbeckError } from '../../src/index.ts'
import { writeRevision } from '../../src/script/write.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import type { CliProject } from '../support/cli-project.ts'
import { drizzleKit } from '../support/drizzle-kit.ts'
import { tryHints } from '../support/hints.ts'
import { failure } from '../support/revisions.ts'

const bundled = async ({ cwd, boot, database }: CliProject) => {
  const { default: bundle } = await import(pathToFileURL(join(cwd, 'migrations.mjs')).href)
  await boot({ bundle })
  await database.query('SELECT FROM t_b1')
}

const told = ({ message, details }: LimbeckError) => `${message}\n${details.hint}`

/** What a bundler makes of one of our files, deployed alone: neither the grammar nor the loader of TypeScript is beside it. */
async function fromBundle<T>(entry: string): Promise<T> {
  const outfile = join(tempFolder(), 'service.cjs')
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    external: ['jiti'],
    logLevel: 'silent',
  })
  // Required, for what is imported here is resolved from the project's own packages.
  return createRequire(outfile)(outfile) as T
}

tryHints('script', {
  "another tool's migrations in the folder of the revisions": {
    graph: {},
    files: {
      'migrations/00001_users.sql':
        '-- +goose Up\nCREATE TABLE users (id int);\n-- +goose Down\nDROP TABLE users;\n',
    },
    typed: ['upgrade'],
    // The rest of the hint is an edit: that the command has made the revisions is seen in its exit code.
    after: () => undefined,
  },
  'a bundle without the grammar': {
    tells: async () => {
      const { loadGrammar } =
        await fromBundle<typeof import('../../src/script/grammar.ts')>('src/script/grammar.ts')
      return told(await failure<LimbeckError>(loadGrammar()))
    },
    after: bundled,
  },
  'a bundle without the loader of TypeScript': {
    tells: async (project) => {
      const { loadModule } =
        await fromBundle<typeof import('../../src/script/load.ts')>('src/script/load.ts')
      return told(await failure<LimbeckError>(loadModule('our-models', project.cwd)))
    },
    after: bundled,
  },
  'a bundle that is none': { boots: { bundle: {} as never }, after: bundled },
  'a folder that is not there': {
    before: ({ drop }) => drop('migrations'),
    typed: ['upgrade'],
    after: ({ limbeck }) => limbeck('heads'),
  },
  'a folder that goes while a revision is written': {
    before: ({ drop }) => drop('migrations'),
    tells: async ({ cwd }) =>
      told(await failure<LimbeckError>(writeRevision(join(cwd, 'migrations'), 'a.sql', ''))),
    after: ({ cwd }) => writeRevision(join(cwd, 'migrations'), 'a.sql', ''),
  },
  'no revision at all': {
    graph: {},
    models: "export const a = pg.pgTable('a', {})",
    typed: ['create-all'],
  },
  'a file without a header': {
    files: { 'migrations/c1_message.sql': 'SELECT 1;' },
    typed: ['upgrade'],
    means: { '<message>': 'x' },
    between: ({ drop }) => drop('migrations/c1_message.sql'),
    shows: /Wrote/,
  },
  'a file of another tool': {
    graph: {},
    files: {
      'db/migrations/20260101000000_a.sql':
        '-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n',
    },
    config: "{ migrations: 'db/migrations' }",
    typed: ['upgrade'],
    shows: /Wrote 1 revision/,
  },
  'a header whose ledger entry is none': {
    files: {
      ...drizzleKit('drizzle', { 1700000000000: 'CREATE TABLE one ()' }).files,
      'migrations/c1_message.sql':
        '-- c\n--\n-- revision: c1\n-- revises: b1\n-- ledger: x\n\n-- +upgrade\n',
    },
    typed: ['upgrade'],
    means: { '<tool>': 'drizzle --into imported' },
    shows: /Wrote 1 revision/,
  },
})
