import type { Sql } from 'postgres'
import { inject, onTestFinished } from 'vitest'
import { newDatabase, type TestDatabase, urlOf, withSql } from './database.ts'

export type { TestDatabase } from './database.ts'

/**
 * Creates a database by cloning `template` (default: an empty one). It is dropped when the test passes and
 * kept for a look when it fails; outside a test the caller drops it.
 */
export async function createDatabase(template?: string): Promise<TestDatabase> {
  const database = await newDatabase(inject('serverUrl'), template)
  dropWhenPassed(database)
  return database
}

function dropWhenPassed(database: TestDatabase): void {
  try {
    onTestFinished(async ({ task }) => {
      if (task.result?.state !== 'fail') await database.drop()
    })
  } catch {
    // Called from a hook such as beforeAll: the caller drops it.
  }
}

/** The URL of another database on the run's server. */
export function databaseUrl(name: string, user?: { name: string; password: string }): string {
  return urlOf(inject('serverUrl'), name, user)
}

/** Work on the maintenance database, as superuser. */
export function onServer<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  return withSql(inject('serverUrl'), work)
}
