import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SqlTool } from '../../../src/script/ledger-entry.ts'
import { installPackages, type Packages } from '../../support/tools.ts'

/** The tools that npm has; what one needs to run here stands beside it. */
export const migrators = (): Promise<Packages> =>
  installPackages('migrators-1', [
    'node-pg-migrate@9.0.0',
    'dbmate@2.36.0',
    'graphile-migrate@1.4.1',
    'knex@3.3.0',
    'typeorm@1.1.1',
    'reflect-metadata@0.2.2',
    'kysely@0.28.19',
    'pg@8.23.1',
  ])

/** Without scripts: those of Prisma download programs. Its schema engine for driver adapters comes with the package. */
export const prisma = (): Promise<Packages> =>
  installPackages('prisma-6', ['prisma@6.19.3', '@prisma/adapter-pg@6.19.3'], ['--ignore-scripts'])

/** A migration in plain SQL, with the way back where the tool has one. */
export interface Step {
  readonly up: string
  readonly down: string
}

/** How a tool that npm has is used. */
export interface RealTool {
  readonly packages: () => Promise<Packages>
  /** Files of the project beside the migrations. */
  readonly project: Readonly<Record<string, string>>
  readonly folder: string
  /** The n-th migration (from 1) as the tool has it; `before` are those in front of it. */
  readonly file: (n: number, step: Step, before: readonly Step[]) => readonly [string, string]
  readonly up: (url: string) => readonly string[]
  readonly status: (url: string) => readonly string[]
  /** What `up` says when it finds nothing to do. */
  readonly nothing: RegExp
  /** What `status` says when one is pending, and when none is. */
  readonly onePending: RegExp
  readonly nonePending: RegExp
  readonly ledger: string
}

const stamp = (n: number) => `2026010${n}000000`
const withoutTls = (url: string) => `${url}?sslmode=disable`

export const realTools: Readonly<Partial<Record<SqlTool, RealTool>>> = {
  prisma: {
    packages: prisma,
    project: {
      'prisma/schema.prisma':
        'datasource db {\n  provider = "postgresql"\n  url      = "postgres://unused"\n}\n',
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      'prisma.config.ts': prismaConfig(),
    },
    folder: 'prisma/migrations',
    file: (n, { up }) => [`${stamp(n)}_step/migration.sql`, up],
    up: () => ['prisma', 'migrate', 'deploy'],
    status: () => ['prisma', 'migrate', 'status'],
    nothing: /No pending migrations to apply/,
    onePending: /have not yet been applied:\s+20260104000000_step/,
    nonePending: /Database schema is up to date/,
    ledger:
      'SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY 1',
  },
  'node-pg-migrate': {
    packages: migrators,
    project: {},
    folder: 'migrations',
    file: (n, { up, down }) => [
      `${stamp(n)}000_step.sql`,
      `-- Up Migration\n${up}\n\n-- Down Migration\n${down}\n`,
    ],
    up: () => ['node-pg-migrate', 'up', '-m', 'migrations'],
    status: () => ['node-pg-migrate', 'up', '-m', 'migrations', '--dry-run'],
    nothing: /No migrations to run!/,
    onePending: /Migrating files:\s+> - 20260104000000000_step\b/,
    nonePending: /No migrations to run!/,
    ledger: 'SELECT name FROM pgmigrations ORDER BY id',
  },
  dbmate: {
    packages: migrators,
    project: {},
    folder: 'db/migrations',
    file: (n, { up, down }) => [
      `${stamp(n)}_step.sql`,
      `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`,
    ],
    up: (url) => ['dbmate', '--no-dump-schema', '--url', withoutTls(url), 'migrate'],
    status: (url) => ['dbmate', '--url', withoutTls(url), 'status'],
    nothing: /^\s*$/,
    onePending: /\[ \] 20260104000000_step\.sql[\s\S]*Pending: 1/,
    nonePending: /Applied: 4\s+Pending: 0/,
    ledger: 'SELECT version FROM schema_migrations ORDER BY 1',
  },
  'graphile-migrate': {
    packages: migrators,
    project: { '.gmrc': '{}', 'migrations/current.sql': '' },
    folder: 'migrations/committed',
    file: (n, { up }, before) => {
      const previous = before.reduce<string | null>(
        (hash, step) => graphileHash(hash, step.up),
        null,
      )
      const header = `--! Previous: ${previous ?? '-'}\n--! Hash: ${graphileHash(previous, up)}`
      return [`00000${n}-step.sql`, `${header}\n--! Message: step\n\n${up.trim()}\n`]
    },
    up: () => ['graphile-migrate', 'migrate'],
    status: () => ['graphile-migrate', 'status'],
    nothing: /Already up to date/,
    onePending: /There are 1 committed migrations pending/,
    nonePending: /Up to date/,
    ledger: 'SELECT filename, hash, previous_hash FROM graphile_migrate.migrations ORDER BY 1',
  },
}

function graphileHash(previous: string | null, body: string): string {
  const text = `${`${previous ?? ''}\n${body.trim()}`.trim()}\n`
  return `sha1:${createHash('sha1').update(text).digest('hex')}`
}

/**
 * The adapter does not know the type `name`, of which the catalog is full, and cuts scripts at semicolons, also those inside of
 * a function. Prisma's own engine for servers does neither.
 */
function prismaConfig(): string {
  return `import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
for (const { prototype } of [pg.Pool, pg.Client]) {
  const query = prototype.query
  prototype.query = function (...given) {
    const found = query.apply(this, given)
    if (typeof found?.then !== 'function') return found
    return found.then((result) => {
      for (const field of result.fields ?? []) if (field.dataTypeID === 19) field.dataTypeID = 25
      return result
    })
  }
}
export default {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => {
    const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL })
    const connect = factory.connect.bind(factory)
    factory.connect = async () => {
      const adapter = await connect()
      adapter.executeScript = async (script) => void (await adapter.client.query(script))
      return adapter
    }
    return factory
  },
}
`
}

/** A project with these files, where the tool's packages are found. */
export function projectIn(installed: string, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(installed, 'project-'))
  writeInto(root, files)
  return root
}

export function writeInto(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

/** All that the tool says; of graphile-migrate the status is in the exit code, too. */
export async function runTool(
  [command = '', ...args]: readonly string[],
  {
    installed,
    cwd,
    url,
  }: { readonly installed: string; readonly cwd: string; readonly url: string },
): Promise<string> {
  const bin = command === 'node' ? command : join(installed, 'node_modules/.bin', command)
  // Prisma asks for programs that its own engine for adapters does not need.
  const env = {
    ...process.env,
    DATABASE_URL: url,
    // graphile-migrate wants to know of one, and does not use it here.
    SHADOW_DATABASE_URL: `${url}_shadow`,
    PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    NO_COLOR: '1',
  }
  return await new Promise((resolve, reject) => {
    execFile(bin, args, { cwd, env }, (error, stdout, stderr) => {
      const isStatus = args.includes('status')
      if (error && !isStatus) reject(new Error(`${command}: ${stdout}${stderr}`))
      else resolve(`${stdout}${stderr}`)
    })
  })
}
