import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { type TestDatabase, urlOf, withSql } from './database.ts'
import { onServer } from './postgres.ts'

/** A role that may log in, and what it does on a connection of its own. */
export interface TestRole {
  readonly name: string
  readonly url: string
  query<T = Record<string, unknown>>(statement: string): Promise<readonly T[]>
}

/** Creates a role without any right of its own; it goes with the test, and with it what it owns. */
export async function newRole(database: TestDatabase, options = ''): Promise<TestRole> {
  const name = `limbeck_role_${randomBytes(6).toString('hex')}`
  await onServer((sql) => sql.unsafe(`CREATE ROLE "${name}" LOGIN PASSWORD 'pw' ${options}`))
  onTestFinished(async () => {
    await withSql(database.url, (sql) => sql.unsafe(`DROP OWNED BY "${name}" CASCADE`)).catch(
      () => {},
    )
    await onServer((sql) => sql.unsafe(`DROP ROLE IF EXISTS "${name}"`)).catch(() => {})
  })
  const url = urlOf(database.url, database.name, { name, password: 'pw' })
  return {
    name,
    url,
    query: (statement) => withSql(url, (sql) => sql.unsafe(statement) as never),
  }
}
