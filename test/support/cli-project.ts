import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BootOptions, initDb } from '../../src/index.ts'
import { type RunOptions, run } from '../cli/run.ts'
import { type Links, revisionFiles, sqlRevision, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from './postgres.ts'

export const linear = { a1: {}, b1: { revises: 'a1' } }
export const forked = { a1: {}, b1: { revises: 'a1' }, c1: { revises: 'a1' } }

/** What a project of the command line begins with. */
export interface Start {
  /** Default: b1 upon a1. */
  readonly graph?: Readonly<Record<string, Links>>
  readonly files?: Readonly<Record<string, string>>
  /** What the configuration file exports. Default: an empty one, or one that names the models. */
  readonly config?: string
  /** The tables of `schema.mjs`, in the words of `drizzle-orm/pg-core` as `pg`. */
  readonly models?: string
}

/** The text of a module with these models. */
export const modelsText = (models: string): string =>
  `import { sql } from 'drizzle-orm'\nimport * as pg from 'drizzle-orm/pg-core'\n${models}\n`

/** A folder as a user has it, a database, and the command line run in them. */
export async function cliProject({ graph = linear, files = {}, config, models }: Start = {}) {
  const database = await createDatabase()
  const settings = models === undefined ? '{}' : "{ models: './schema.mjs' }"
  const cwd = tempFolder({
    'package.json': '{ "type": "module" }',
    'limbeck.config.mjs': `export default ${config ?? settings}`,
    'migrations/.gitkeep': '',
    ...(models === undefined ? {} : { 'schema.mjs': modelsText(models) }),
    ...revisionFiles(graph),
    ...files,
  })
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  const runWith = (argv: readonly string[], more: Partial<RunOptions> = {}) =>
    run(argv, { cwd, ...more, env: { NO_COLOR: '1', DATABASE_URL: database.url, ...more.env } })
  return {
    cwd,
    database,
    runWith,
    limbeck: (...argv: readonly string[]) => runWith(argv),
    boot: (options: Partial<BootOptions> = {}) =>
      initDb({ url: database.url, migrations: join(cwd, 'migrations'), ...options }),
    file: (name: string, text: string) => writeFileSync(join(cwd, name), text),
    read: (name: string) => readFileSync(join(cwd, name), 'utf8'),
    drop: (name: string) => rmSync(join(cwd, name), { recursive: true }),
    write: (id: string, links: Links = {}) =>
      writeFileSync(join(cwd, `migrations/${id}_message.sql`), sqlRevision(id, links)),
    remove: (id: string) => rmSync(join(cwd, `migrations/${id}_message.sql`)),
    /** The path of the newest revision file. */
    newest: () => {
      const names = readdirSync(join(cwd, 'migrations')).filter((name) =>
        /^[0-9a-f]{12}_/.test(name),
      )
      return `migrations/${names.at(-1)}`
    },
    models: (text: string) => writeFileSync(join(cwd, 'schema.mjs'), modelsText(text)),
  }
}

export type CliProject = Awaited<ReturnType<typeof cliProject>>
