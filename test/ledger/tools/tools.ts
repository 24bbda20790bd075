import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SqlTool } from '../../../src/script/ledger-entry.ts'

/** A ledger as the tool has written it. */
export interface Fixture {
  readonly version: string
  /** SQL that makes the tables as they were, with their rows. */
  readonly ledger: string
}

/** A project of three migrations, and how the tool is run. */
export interface Tool {
  readonly files: Readonly<Record<string, string>>
  /** Of the migrations. */
  readonly folder: string
  readonly up: (url: string) => readonly string[]
  /** Where it keeps what it has run. */
  readonly tables: readonly string[]
  readonly version: (installed: string) => string
  /** Where its migrations are SQL. */
  readonly sqlTool?: SqlTool
}

const packageVersion = (name: string) => (installed: string) =>
  (
    JSON.parse(readFileSync(join(installed, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string
    }
  ).version

const numbers = [1, 2, 3] as const

const files = (each: (n: number) => Readonly<Record<string, string>>) =>
  Object.assign({}, ...numbers.map(each)) as Readonly<Record<string, string>>

const up = (n: number) => `CREATE TABLE t${n} (id integer PRIMARY KEY);`
const down = (n: number) => `DROP TABLE t${n};`

export const tools: Readonly<Record<string, Tool>> = {
  'node-pg-migrate': {
    files: files((n) => ({
      [`migrations/170000000000${n}_t${n}.sql`]: `-- Up Migration\n${up(n)}\n\n-- Down Migration\n${down(n)}\n`,
    })),
    folder: 'migrations',
    up: () => ['node-pg-migrate', 'up', '-m', 'migrations'],
    tables: ['pgmigrations'],
    version: packageVersion('node-pg-migrate'),
    sqlTool: 'node-pg-migrate',
  },
  dbmate: {
    files: files((n) => ({
      [`db/migrations/2026010${n}000000_t${n}.sql`]: `-- migrate:up\n${up(n)}\n\n-- migrate:down\n${down(n)}\n`,
    })),
    folder: 'db/migrations',
    up: (url) => ['dbmate', '--no-dump-schema', '--url', `${url}?sslmode=disable`, 'migrate'],
    tables: ['schema_migrations'],
    version: packageVersion('dbmate'),
    sqlTool: 'dbmate',
  },
  'graphile-migrate': {
    files: graphileFiles(),
    folder: 'migrations/committed',
    up: () => ['graphile-migrate', 'migrate'],
    tables: ['graphile_migrate.migrations'],
    version: packageVersion('graphile-migrate'),
    sqlTool: 'graphile-migrate',
  },
  knex: {
    files: {
      'knexfile.cjs': `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './migrations' } }`,
      ...files((n) => ({
        [`migrations/2026010${n}000000_t${n}.cjs`]: `exports.up = (knex) => knex.raw('${up(n)}')\nexports.down = (knex) => knex.raw('${down(n)}')\n`,
      })),
    },
    folder: 'migrations',
    up: () => ['knex', 'migrate:latest', '--knexfile', 'knexfile.cjs'],
    tables: ['knex_migrations', 'knex_migrations_lock'],
    version: packageVersion('knex'),
  },
  typeorm: {
    files: {
      'data-source.cjs': `require('reflect-metadata')\nconst { DataSource } = require('typeorm')\nmodule.exports = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.cjs'] })`,
      ...files((n) => ({
        [`migrations/170000000000${n}-t${n}.cjs`]: `module.exports = class T${n}170000000000${n} {\n  async up(runner) { await runner.query('${up(n)}') }\n  async down(runner) { await runner.query('${down(n)}') }\n}\n`,
      })),
    },
    folder: 'migrations',
    up: () => ['typeorm', 'migration:run', '-d', 'data-source.cjs'],
    tables: ['migrations'],
    version: packageVersion('typeorm'),
  },
  kysely: {
    files: {
      'migrate.mjs': `import { promises as fs } from 'node:fs'
import path from 'node:path'
import { FileMigrationProvider, Kysely, Migrator, PostgresDialect } from 'kysely'
import pg from 'pg'
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.DATABASE_URL }) }) })
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve('migrations') })
const { error } = await new Migrator({ db, provider }).migrateToLatest()
await db.destroy()
if (error) throw error
`,
      ...files((n) => ({
        [`migrations/2026-01-0${n}-t${n}.mjs`]: `import { sql } from 'kysely'\nexport const up = (db) => sql\`${up(n)}\`.execute(db)\nexport const down = (db) => sql\`${down(n)}\`.execute(db)\n`,
      })),
    },
    folder: 'migrations',
    up: () => ['node', 'migrate.mjs'],
    tables: ['kysely_migration', 'kysely_migration_lock'],
    version: packageVersion('kysely'),
  },
  alembic: {
    files: {
      'alembic.ini': '[alembic]\nscript_location = alembic\n',
      'alembic/env.py': `import os
from alembic import context
from sqlalchemy import create_engine
url = os.environ['DATABASE_URL'].replace('postgres://', 'postgresql://')
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
`,
      'alembic/script.py.mako': '',
      ...files((n) => ({
        [`alembic/versions/a${n}_t${n}.py`]: `"""t${n}"""\nfrom alembic import op\nrevision = 'a${n}'\ndown_revision = ${n === 1 ? 'None' : `'a${n - 1}'`}\ndef upgrade():\n    op.execute('${up(n)}')\ndef downgrade():\n    op.execute('${down(n)}')\n`,
      })),
    },
    folder: 'alembic/versions',
    up: () => ['alembic', 'upgrade', 'head'],
    tables: ['alembic_version'],
    version: () => execFileSync('alembic', ['--version'], { encoding: 'utf8' }).trim(),
  },
}

/** Committed migrations, with the hashes that graphile-migrate makes of them: each of the one before and the body. */
function graphileFiles(): Readonly<Record<string, string>> {
  let previous: string | null = null
  const committed: Record<string, string> = {}
  for (const n of numbers) {
    const body = up(n)
    const hash: string = `sha1:${sha1(`${`${previous ?? ''}\n${body}`.trim()}\n`)}`
    committed[`migrations/committed/00000${n}.sql`] =
      `--! Previous: ${previous ?? '-'}\n--! Hash: ${hash}\n\n${body}\n`
    previous = hash
  }
  return {
    '.gmrc': '{}',
    'migrations/current.sql': '',
    ...committed,
  }
}

function sha1(text: string): string {
  return execFileSync('sha1sum', { input: text, encoding: 'utf8' }).slice(0, 40)
}
