import { createTestDatabases, type TestDatabases } from 'limbeck/testing'
import type { Sql } from 'postgres'
import { afterAll, inject, onTestFinished } from 'vitest'
import { type TestDatabase, urlOf, withSql } from './database.ts'

export type { TestDatabase } from './database.ts'

let opened: Promise<TestDatabases> | undefined

/** An empty database. It is dropped when the test is over, and what a hook such as beforeAll has asked for with its file. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = inject('serverUrl')
  // The order of texts is to be the same on every server.
  opened ??= createTestDatabases({ server, source: 'empty', locale: 'C' })
  const { url, name, drop } = await (await opened).create()
  try {
    onTestFinished(drop)
  } catch {
    // Not called by a test.
  }
  return {
    url,
    name,
    drop,
    query: (statement) => withSql(url, (sql) => sql.unsafe(statement) as never),
  }
}

afterAll(async () => await (await opened)?.close())

/** The URL of another database on the run's server. */
export function databaseUrl(name: string, user?: { name: string; password: string }): string {
  return urlOf(inject('serverUrl'), name, user)
}

/** Work on the maintenance database, as superuser. */
export function onServer<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  return withSql(inject('serverUrl'), work)
}
