import { attempt } from '../autogenerate/shadow/build-steps.ts'
import type { Config } from '../config/resolve-config.ts'
import { type Connection, withConnection } from '../database/connection.ts'
import { type Session, target } from '../session/session.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import type { EmptyCopy } from './empty-copy.ts'
import { withScratchDatabase } from './scratch-database.ts'
import { onSomeServer } from './servers.ts'

/** A scratch database that holds an empty copy. */
export type Copy = Pick<Session, 'config' | 'connection'>

/**
 * Runs `work` where the copy has been made; `missing` says what may be otherwise there than in the database that matters: what
 * could not be made, and another version of PostgreSQL. Throws what withScratchDatabase() throws.
 */
export async function withCopy<T>(
  config: Config,
  { statements, path, roles = [], major }: EmptyCopy,
  work: (copy: Copy, missing: readonly string[]) => Promise<T>,
): Promise<T> {
  const copyIn = (scratch: Config, isOwnServer: boolean) =>
    withConnection(target(scratch), 'SELECT 1', async (connection) => {
      // A message is cut into words before any of it runs.
      await connection.query('SET standard_conforming_strings = on')
      const other = major === undefined ? [] : await otherVersion(connection, major)
      // Roles belong to the server: they are made where that goes as well.
      const made = isOwnServer ? await missingRoles(connection, roles) : []
      const missing = await build(connection, [...opening(path), ...made, ...statements])
      await connection.query('SET check_function_bodies = on')
      const { shadowUrl: _, ...autogenerate } = scratch.autogenerate
      const copy = { config: { ...scratch, autogenerate }, connection }
      return await work(copy, [...missing, ...other])
    })
  return await onSomeServer(config, (server, isOwn) =>
    withScratchDatabase(server, (scratch) => copyIn(scratch, isOwn)),
  )
}

async function missingRoles(
  { ask }: Connection,
  roles: readonly string[],
): Promise<readonly string[]> {
  const found = await ask<{ name: string }>('SELECT rolname AS name FROM pg_roles')
  const isThere = new Set(found.map(({ name }) => name))
  return roles
    .filter((name) => !isThere.has(name))
    .map((name) => `CREATE ROLE ${quoteIdentifier(name)}`)
}

async function otherVersion({ ask }: Connection, major: number): Promise<readonly string[]> {
  const [row] = await ask<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  )
  return row === undefined || row.major === major
    ? []
    : [`it fails on PostgreSQL ${row.major}, but yours is ${major}`]
}

/** The schemas that names are looked up in, and settings of the session. */
function opening(path: readonly string[]): readonly string[] {
  const names = path.map(quoteIdentifier)
  return [
    ...path
      .filter((name) => !name.startsWith('pg_'))
      .map((name) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name)}`),
    `SET search_path TO ${names.join(', ')}`,
    'SET synchronous_commit = off',
    // Bodies may name what is not copied.
    'SET check_function_bodies = off',
  ]
}

/** Makes all of it in one message, or as much of it as can be made. Returns why the rest could not. */
async function build(
  connection: Connection,
  statements: readonly string[],
): Promise<readonly string[]> {
  await connection.query('BEGIN')
  const failed =
    (await attempt(connection, statements.join(';\n'))) === null
      ? []
      : await buildOneByOne(connection, statements)
  await connection.query('COMMIT')
  return failed
}

/** In as many passes as it takes: a statement may fail only because another one comes later. */
async function buildOneByOne(
  connection: Connection,
  statements: readonly string[],
): Promise<readonly string[]> {
  const failed: string[] = []
  const reasons: string[] = []
  for (const sql of statements) {
    const error = await attempt(connection, sql)
    if (error === null) continue
    failed.push(sql)
    reasons.push(error.message)
  }
  const isProgress = failed.length > 0 && failed.length < statements.length
  return isProgress ? await buildOneByOne(connection, failed) : reasons
}
