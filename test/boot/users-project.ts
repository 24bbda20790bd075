import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { type RevisionFolder, revisionFolder } from '../support/revisions.ts'

export const models = {
  books: pgTable('books', {
    id: integer().primaryKey(),
    title: text().notNull(),
    status: text().default('draft').notNull(),
  }),
}

/** Two revisions that lead to `models`, and seed data that models cannot say. */
export async function library(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: 'CREATE TABLE "books" (\n\t"id" integer PRIMARY KEY NOT NULL,\n\t"title" text NOT NULL\n);',
    down: 'DROP TABLE "books";',
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: `ALTER TABLE "books" ADD COLUMN "status" text DEFAULT 'draft' NOT NULL;`,
    down: 'ALTER TABLE "books" DROP COLUMN "status";',
  })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    head: ['fresh: run'],
    up: `INSERT INTO books (id, title) VALUES (1, 'The first book');`,
    down: 'DELETE FROM books WHERE id = 1;',
  })
  return folder
}
