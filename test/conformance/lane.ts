import { randomBytes } from 'node:crypto'
import { createMigrator } from 'limbeck'
import postgres, { type Sql } from 'postgres'
import { type Case, rowsOf } from './case.ts'
import { ranTable } from './files.ts'

/** A database in which one case after the other is carried out. */
export interface Lane {
  readonly url: string
  readonly sql: Sql
  close(): Promise<void>
}

/** Creates a database with Limbeck's own tables, and the one in which bodies note that they ran. */
export async function openLane(serverUrl: string, emptyFolder: string): Promise<Lane> {
  const name = `limbeck_conformance_${randomBytes(6).toString('hex')}`
  const server = postgres(serverUrl, { max: 1, onnotice: () => {} })
  await server.unsafe(`CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await createMigrator({ url: url.href, migrations: emptyFolder }).ensureVersion()
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  await sql.unsafe(
    `CREATE TABLE ${ranTable} (id bigint GENERATED ALWAYS AS IDENTITY, body text NOT NULL)`,
  )
  return {
    url: url.href,
    sql,
    close: async () => {
      await sql.end()
      await server.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
      await server.end()
    },
  }
}

/**
 * Empties the tables and puts the rows of a case in. Alembic allows a version table without a primary key, and only
 * there can a row stand twice.
 */
export async function putRows({ sql }: Lane, fact: Case): Promise<void> {
  const rows = rowsOf(fact)
  const key = 'ALTER TABLE limbeck_version DROP CONSTRAINT IF EXISTS limbeck_version_pkc'
  await sql.unsafe(
    [
      'DELETE FROM limbeck_version',
      'DELETE FROM limbeck_history',
      'DELETE FROM limbeck_progress',
      `DELETE FROM ${ranTable}`,
      ...(new Set(rows).size < rows.length ? [key] : []),
    ].join(';\n'),
  )
  for (const row of rows) await sql`INSERT INTO limbeck_version VALUES (${row})`
}

/** Gives the version table its primary key back where a case took it away. */
export async function clearRows({ sql }: Lane, fact: Case): Promise<void> {
  if (new Set(rowsOf(fact)).size === rowsOf(fact).length) return
  await sql.unsafe(
    'DELETE FROM limbeck_version; ALTER TABLE limbeck_version ADD CONSTRAINT limbeck_version_pkc PRIMARY KEY (version_num)',
  )
}

/** What a run left behind, told by the tables alone. */
export interface Trace {
  /** Bodies that ran, in order: `+id` or `-id`. */
  readonly bodies: readonly string[]
  readonly rows: readonly string[]
  readonly history: readonly {
    readonly revision: string | null
    readonly direction: string
    readonly rows_before: readonly string[]
    readonly rows_after: readonly string[]
  }[]
}

export async function readTrace({ sql }: Lane): Promise<Trace> {
  const [trace] = await sql.unsafe<Trace[]>(`SELECT
  (SELECT coalesce(json_agg(body ORDER BY id), '[]') FROM ${ranTable}) AS bodies,
  (SELECT coalesce(json_agg(version_num), '[]') FROM limbeck_version) AS rows,
  (SELECT coalesce(json_agg(h ORDER BY id), '[]') FROM limbeck_history h) AS history`)
  if (trace === undefined) throw new TypeError('a SELECT without FROM gives one row')
  return { ...trace, rows: [...trace.rows].sort() }
}
