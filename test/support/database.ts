import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'

/** An empty database of its own. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** Rows of one query (or several statements), through a connection of its own. */
  query<T = Record<string, unknown>>(statement: string): Promise<readonly T[]>
  drop(): Promise<void>
}

/** Creates a database on the server of `serverUrl` by cloning `template` (default: an empty one). */
export async function newDatabase(serverUrl: string, template?: string): Promise<TestDatabase> {
  const name = `limbeck_test_${randomBytes(6).toString('hex')}`
  // template0 takes an encoding of one's own: the server's may be SQL_ASCII.
  const source = template === undefined ? "template0 ENCODING 'UTF8' LOCALE 'C'" : `"${template}"`
  await withSql(serverUrl, (sql) => sql.unsafe(`CREATE DATABASE "${name}" TEMPLATE ${source}`))
  const url = urlOf(serverUrl, name)
  return {
    url,
    name,
    query: (statement) => withSql(url, (sql) => sql.unsafe(statement) as never),
    drop: async () => {
      await withSql(serverUrl, (sql) =>
        sql.unsafe(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
      )
    },
  }
}

/** The URL of another database, or another user, on the same server. */
export function urlOf(
  serverUrl: string,
  name: string,
  user?: { readonly name: string; readonly password: string },
): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  if (user) {
    url.username = user.name
    url.password = user.password
  }
  return url.href
}

/** Work on a connection of its own. */
export async function withSql<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}
