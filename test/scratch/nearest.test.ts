import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, type RevisionFolder, revisionFolder } from '../support/revisions.ts'

/** Of everything that a difference may be about, one. */
const library = `
CREATE SCHEMA archive;
CREATE TYPE genre AS ENUM ('novel', 'poem');
CREATE DOMAIN page_count AS int CHECK (VALUE > 0);
CREATE TABLE authors (id int PRIMARY KEY, name varchar(40) DEFAULT 'nobody' NOT NULL, "Born On" date);
CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, genre genre DEFAULT 'novel', pages page_count, changed_at timestamptz,
  author int REFERENCES authors (id) ON DELETE CASCADE, CONSTRAINT books_title_check CHECK (title <> ''));
CREATE INDEX books_title_idx ON books (title);
CREATE UNIQUE INDEX books_lower_idx ON books (lower(title)) WHERE pages > 10;
CREATE TABLE archive.books (id int PRIMARY KEY);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := now(); RETURN NEW; END $$;
CREATE FUNCTION length_of(words text) RETURNS int LANGUAGE sql RETURN length(words);
CREATE TRIGGER books_touch BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW novels AS SELECT id, title FROM books WHERE genre = 'novel';
CREATE MATERIALIZED VIEW titles AS SELECT title FROM books;
ALTER TABLE books ENABLE ROW LEVEL SECURITY;
CREATE POLICY books_read ON books FOR SELECT USING (pages > 0);
CREATE SEQUENCE tickets START 5;`

async function libraryFolder(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE early (id int PRIMARY KEY);' })
  await folder.sql('bbb2', { revises: 'aaa1', up: library })
  await folder.sql('ccc3', { revises: 'bbb2', up: 'CREATE TABLE late (id int PRIMARY KEY);' })
  return folder
}

async function changed(change: string): Promise<{
  readonly database: TestDatabase
  readonly options: Parameters<typeof initDb>[0]
}> {
  const database = await createDatabase()
  await database.query(`CREATE TABLE early (id int PRIMARY KEY); ${library}`)
  await database.query(change)
  const { path } = await libraryFolder()
  return { database, options: { url: database.url, migrations: path } }
}

const changes: readonly (readonly [what: string, change: string])[] = [
  ['a missing index', 'DROP INDEX books_title_idx'],
  ['a missing index with an expression', 'DROP INDEX books_lower_idx'],
  ['an extra index', 'CREATE INDEX more ON books (id, title)'],
  ['an extra column', 'ALTER TABLE books ADD COLUMN "more Words" text'],
  ['a missing column', 'ALTER TABLE authors DROP COLUMN "Born On"'],
  ['another type', 'ALTER TABLE authors ALTER COLUMN name TYPE text'],
  ['another default', "ALTER TABLE authors ALTER COLUMN name SET DEFAULT 'anon'"],
  ['no NOT NULL', 'ALTER TABLE books ALTER COLUMN title DROP NOT NULL'],
  [
    'a changed function',
    'CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
  ],
  ['an extra function', 'CREATE FUNCTION more(int, text) RETURNS int LANGUAGE sql RETURN 1'],
  ['a missing trigger', 'DROP TRIGGER books_touch ON books'],
  ['a missing function and trigger', 'DROP FUNCTION touch() CASCADE'],
  [
    'a changed trigger',
    'DROP TRIGGER books_touch ON books; CREATE TRIGGER books_touch AFTER UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch()',
  ],
  ['a missing foreign key', 'ALTER TABLE books DROP CONSTRAINT books_author_fkey'],
  ['a missing check', 'ALTER TABLE books DROP CONSTRAINT books_title_check'],
  ['an extra check', 'ALTER TABLE books ADD CHECK (id > 0)'],
  ['an extra enum value', "ALTER TYPE genre ADD VALUE 'essay'"],
  [
    'a changed view',
    'DROP VIEW novels; CREATE VIEW novels AS SELECT id FROM books WHERE genre = $$poem$$',
  ],
  ['a missing materialized view', 'DROP MATERIALIZED VIEW titles'],
  ['no row security', 'ALTER TABLE books DISABLE ROW LEVEL SECURITY'],
  ['a changed policy', 'ALTER POLICY books_read ON books USING (pages > 5)'],
  ['an extra table', 'CREATE TABLE more (id serial PRIMARY KEY, of int REFERENCES books)'],
  ['a missing table', 'DROP TABLE archive.books'],
  ['a missing schema', 'DROP SCHEMA archive CASCADE'],
  ['a missing sequence', 'DROP SEQUENCE tickets'],
  [
    'a function that returns something else',
    'DROP FUNCTION length_of(text); CREATE FUNCTION length_of(words text) RETURNS bigint LANGUAGE sql RETURN 1',
  ],
  [
    'several at once',
    'DROP INDEX books_title_idx; ALTER TABLE authors ADD COLUMN more int, DROP COLUMN "Born On"; DROP TRIGGER books_touch ON books',
  ],
]

describe('where no revision equals the database, the SQL that makes it equal to the nearest one', () => {
  test.each(changes)('%s is in that SQL', async (_, change) => {
    const { database, options } = await changed(change)
    const { stamp } = createMigrator(options)
    const { code, details } = await failure(stamp([], { detect: true }))
    expect(code).toBe('LIMBECK_LEGACY_DATABASE')
    expect(details).toMatchObject({ revision: 'bbb2', sql: expect.any(String) })
    await database.query(details.sql ?? '')
    expect(await stamp([], { detect: true })).toMatchObject({ to: ['bbb2'] })
  })
})

test('what has no short statement is named in it', async () => {
  const { options } = await changed(
    'ALTER DOMAIN page_count DROP CONSTRAINT page_count_check; DROP SEQUENCE tickets',
  )
  const { details } = await failure(createMigrator(options).stamp([], { detect: true }))
  expect(details.sql).toContain('-- Not written: domain page_count')
  expect(details.sql).toContain('CREATE SEQUENCE "tickets"')
})

test('the boot says so, too, in what its error may hold', async () => {
  const { options } = await changed('ALTER TABLE books DROP CONSTRAINT books_title_check')
  const few = await failure(initDb({ ...options, legacy: 'detect' }))
  expect(few.details.sql).toContain('ADD CONSTRAINT "books_title_check"')
  expect(few.details.hint).toContain('as `sql` does')
})

test('what is ignored, is of others, or is an extension of the database is left as it is', async () => {
  const { options } = await changed(
    `ALTER TABLE books ADD COLUMN more text; CREATE EXTENSION pgcrypto; CREATE TABLE audit_1 (id int); CREATE SCHEMA other;
     CREATE TABLE other.t (id int); CREATE TABLE _prisma_migrations (id text);
     CREATE TRIGGER audited AFTER INSERT ON audit_1 FOR EACH ROW EXECUTE FUNCTION touch()`,
  )
  const { stamp } = createMigrator({ ...options, ignoreTables: ['audit_*'] })
  const { details } = await failure(stamp([], { detect: true }))
  expect(details.sql?.split('\n').filter((line) => /^[A-Z]/.test(line))).toEqual([
    'BEGIN;',
    'SET LOCAL search_path TO "public";',
    'ALTER TABLE "books" DROP COLUMN "more";',
    'COMMIT;',
  ])
})
