import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rootFolder } from '../support/root-folder.ts'

/** One migration: its tag, its time (ms) and its SQL. */
export type Migration = readonly [tag: string, when: number, sql: string]

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)

export const library: readonly Migration[] = [
  [
    '0000_books',
    start,
    'CREATE TABLE "books" ("id" integer PRIMARY KEY);\n--> statement-breakpoint\nCREATE INDEX "i" ON "books" ("id");',
  ],
  ['0001_seed', start + day, 'INSERT INTO books VALUES (1);'],
  [
    '0002_function',
    start + 2 * day,
    'CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN n * 2; END $$;\n--> statement-breakpoint\nUPDATE books SET id = twice(id)',
  ],
  [
    '0003_title',
    start + 3 * day,
    'ALTER TABLE "books" ADD COLUMN "title" text DEFAULT \'x\' NOT NULL;',
  ],
]

function write(folder: string, files: Readonly<Record<string, string>>): string {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const newFolder = () => join(rootFolder(), 'drizzle')

/** As drizzle-kit 0.x writes it. */
export function journalFolder(migrations: readonly Migration[], folder = newFolder()): string {
  const entries = migrations.map(([tag, when], idx) => ({
    idx,
    version: '7',
    when,
    tag,
    breakpoints: true,
  }))
  const journal = { version: '7', dialect: 'postgresql', entries }
  return write(folder, {
    'meta/_journal.json': JSON.stringify(journal, null, 2),
    ...Object.fromEntries(migrations.map(([tag, , sql]) => [`${tag}.sql`, sql])),
  })
}

/** As drizzle-kit 1.0 writes it. */
export function foldersOf(migrations: readonly Migration[], folder = newFolder()): string {
  const name = ([tag, when]: Migration) =>
    `${new Date(when).toISOString().replace(/\D/g, '').slice(0, 14)}_${tag.replace(/^\d+_/, '')}`
  return write(folder, {
    'readme.txt': '',
    ...Object.fromEntries(migrations.map((each) => [`${name(each)}/migration.sql`, each[2]])),
  })
}
