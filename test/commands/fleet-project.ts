import { createMigrator, type FleetReport, type LimbeckOptions } from '../../src/index.ts'
import { quoteIdentifier } from '../../src/sql/quote.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

/** A database, three revisions, and how to run the fleet on it. */
export async function project() {
  const database = await createDatabase()
  const folder = await revisionFolder()
  await folder.sql('a1', { up: 'CREATE TABLE t_a1 (n int);' })
  await folder.sql('b1', { revises: 'a1', up: 'CREATE TABLE t_b1 (n int);' })
  await folder.sql('c1', { revises: 'b1', up: 'CREATE TABLE t_c1 (n int);' })
  const migrator = (options: Partial<LimbeckOptions> = {}) =>
    createMigrator({ url: database.url, migrations: folder.path, ...options })
  return { database, folder, migrator }
}

export type Project = Awaited<ReturnType<typeof project>>

/** Makes schemas that are at the target. */
export async function makeSchemas(
  { database, migrator }: Project,
  names: readonly string[],
  target = 'a1',
) {
  for (const name of names) {
    await database.query(`CREATE SCHEMA ${quoteIdentifier(name)}`)
    if (target !== 'base') await migrator({ schema: name }).upgrade(target)
  }
}

export const tenants = (count: number, prefix = 'tenant') =>
  Array.from({ length: count }, (_, at) => `${prefix}_${at + 1}`)

export const outcomes = ({ members }: FleetReport) =>
  Object.fromEntries(members.map(({ name, outcome }) => [name, outcome]))

export const codesOf = ({ members }: FleetReport) =>
  Object.fromEntries(members.flatMap(({ name, error }) => (error ? [[name, error.code]] : [])))

export async function historyOf(database: TestDatabase, schema: string) {
  const lines = await database.query<{ revision: string }>(
    `SELECT revision FROM ${quoteIdentifier(schema)}.limbeck_history ORDER BY id`,
  )
  return lines.map(({ revision }) => revision)
}
