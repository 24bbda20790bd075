import { randomBytes } from 'node:crypto'
import { callKinds, checkOptions, type Kinds } from '../config/check-options.ts'
import { callable, either, oneOf, secret, text } from '../config/kinds.ts'
import type { LimbeckOptions } from '../config/options.ts'
import { urlOfDatabase } from '../database/url.ts'
import { type OpenServer, openServer, type TestServer } from './server.ts'
import { clone, drop, ensureTemplate, type Template, type TemplateSource } from './template.ts'

/** The options of `initDb()` without a URL, and where test databases are made. */
export interface TestDatabaseOptions extends Omit<LimbeckOptions, 'url' | 'migrationUrl'> {
  /**
   * URL of a role that may create databases, or what starts a server and returns its URL. Default: TEST_DATABASE_URL, which
   * `startTestServer()` sets, else a server that `close()` stops, found as `startTestServer()` finds one.
   */
  readonly server?: TestServer | undefined
  /**
   * What the databases are built by: the `chain` of revisions, or create-all from the `models`; `empty` for tests of migrations
   * themselves. Default: `chain`.
   */
  readonly source?: TemplateSource | undefined
  /** By which the databases compare text, such as `C`; they are UTF-8 then. Default: the server's. */
  readonly locale?: string | undefined
}

/** A migrated database of a test's own. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** As it was when it was made; every connection to it is ended. */
  reset(): Promise<void>
  drop(): Promise<void>
}

/** Makes test databases, each a copy of one that was migrated once. */
export interface TestDatabases {
  create(): Promise<TestDatabase>
  /** Drops what is left of its databases; the template stays for the next run. */
  close(): Promise<void>
}

const kinds: Kinds = {
  ...callKinds,
  server: secret(either(text, callable)),
  source: oneOf('chain', 'models', 'empty'),
  locale: text,
}

const prefix = 'limbeck_test_'

/**
 * Migrates a template once (keyed by what the revisions and models say), and copies it for each test. Workers that ask at
 * the same time share it; what a killed run has left is dropped by the next one. Throws what initDb() throws.
 */
export async function createTestDatabases(
  options: TestDatabaseOptions = {},
): Promise<TestDatabases> {
  checkOptions(options, kinds)
  const { server: named, source = 'chain', locale, ...migrating } = options
  const server = await openServer(named)
  try {
    const run = randomBytes(5).toString('hex')
    await server.sql`SELECT pg_advisory_lock(hashtextextended(${prefix + run}, 0))`
    await dropLeftOver(server)
    const template = await ensureTemplate(server, migrating, { source, locale })
    return databasesOf(server, template, run)
  } catch (error) {
    await server.close()
    throw error
  }
}

function databasesOf(server: OpenServer, template: Template, run: string): TestDatabases {
  const { sql } = server
  const names = new Set<string>()
  let count = 0
  return {
    create: async () => {
      count += 1
      const name = `${prefix}${run}_${count}`
      names.add(name)
      await clone(sql, template, name)
      return {
        name,
        url: urlOfDatabase(server.url, name),
        reset: async () => {
          await drop(sql, name)
          await clone(sql, template, name)
        },
        drop: async () => {
          await drop(sql, name)
          names.delete(name)
        },
      }
    },
    close: async () => {
      for (const name of names) await drop(sql, name)
      await server.close()
    },
  }
}

/**
 * A run that is alive holds the lock of its name. Only names of exactly the form that `create` gives are touched: others
 * that begin alike belong to another process.
 */
async function dropLeftOver({ sql }: OpenServer): Promise<void> {
  const found = await sql<{ name: string }[]>`
SELECT datname AS name FROM pg_database WHERE datname ~ ${`^${prefix}[0-9a-f]{10}_[0-9]+$`}`
  const runOf = (name: string) => name.slice(0, name.lastIndexOf('_'))
  for (const run of new Set(found.map(({ name }) => runOf(name)))) {
    const [free] = await sql<{ taken: boolean }[]>`
SELECT pg_try_advisory_lock(hashtextextended(${run}, 0)) AS taken`
    if (!free?.taken) continue
    for (const { name } of found) if (runOf(name) === run) await drop(sql, name)
    await sql`SELECT pg_advisory_unlock(hashtextextended(${run}, 0))`
  }
}
