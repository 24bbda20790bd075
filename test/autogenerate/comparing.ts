import {
  type CompareOptions,
  type Comparison,
  compareWithDatabase,
} from '../../src/autogenerate/compare-with-database.ts'
import { type Connection, withConnection } from '../../src/database/connection.ts'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'
import { diff } from '../../src/schema/diff.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { readDatabase } from '../support/read-database.ts'

type Models = Readonly<Record<string, unknown>>

const tables = { schema: 'public', version: 'limbeck_version' }

export function connected<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const target = { url, applicationName: 'limbeck test', connectTimeoutMs: 0 }
  return withConnection(target, 'SELECT 1', work)
}

/** A database of its own in which `statements` were run. */
export async function databaseWith(...statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase()
  if (statements.length > 0) await database.query(statements.join(';\n'))
  return database
}

/** A database of its own that create-all made. */
export function databaseOf(models: Models): Promise<TestDatabase> {
  return databaseWith(...createStatements(schemaFromModels(models)))
}

export function compare(
  { url }: { readonly url: string },
  models: Models,
  options: Partial<CompareOptions> = {},
  scratch?: Connection,
): Promise<Comparison> {
  const all = {
    schema: 'public',
    schemas: [],
    isCompared: () => true,
    renames: [],
    tables,
    ...options,
  }
  return connected(url, (connection) =>
    compareWithDatabase(connection, schemaFromModels(models), all, scratch),
  )
}

export function snapshotOf(
  { url }: { readonly url: string },
  schemas: readonly string[] = [],
): Promise<Snapshot> {
  return connected(url, (connection) =>
    readDatabase(connection, { schema: 'public', schemas, tables }),
  )
}

/** What the models would change in the database. */
export async function sameAs(
  database: { readonly url: string },
  models: Readonly<Record<string, unknown>>,
) {
  const { before, after } = await compare(database, models)
  return diff(before, after)
}
