import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase, onServer } from '../support/postgres.ts'
import { type RevisionFolder, revisionFolder } from '../support/revisions.ts'

export const models = {
  books: pgTable(
    'books',
    { id: integer().primaryKey(), title: text().notNull(), pages: integer() },
    (table) => [index('books_title').on(table.title)],
  ),
}

/** Revisions that lead to `models`. */
export async function library(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: 'CREATE TABLE books (pages integer, id integer PRIMARY KEY, title text NOT NULL);',
    down: 'DROP TABLE books;',
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE INDEX books_title ON books (title);',
    down: 'DROP INDEX books_title;',
  })
  return folder
}

export async function project(folder: RevisionFolder, options: Partial<LimbeckOptions> = {}) {
  const database = await createDatabase()
  const migrator = createMigrator({
    url: database.url,
    migrations: folder.path,
    models,
    ...options,
  })
  const findings = async () =>
    (await migrator.check()).findings.map(
      ({ code, severity, message }) => `${severity} ${code}: ${message}`,
    )
  return { database, migrator, findings }
}

/** Of a role alone: tests of other files make some on the same server. */
export const scratchDatabases = (owner: string) =>
  onServer(
    (sql) =>
      sql`SELECT datname FROM pg_database WHERE datname LIKE 'limbeck_scratch_%' AND pg_get_userbyid(datdba) = ${owner}`,
  )
