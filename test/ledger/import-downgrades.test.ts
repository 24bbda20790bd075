import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { foldersOf, journalFolder, type Migration } from './history.ts'

const start = Date.UTC(2026, 0, 1)
const history = (...texts: readonly string[]): readonly Migration[] =>
  texts.map((sql, at) => [`${String(at).padStart(4, '0')}_m${at}`, start + at * 86_400_000, sql])

const bodies =
  'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;'

const all = history(
  `CREATE TYPE mood AS ENUM ('sad', 'ok');--> statement-breakpoint
CREATE TABLE "users" ("id" serial PRIMARY KEY, "name" text, "mood" mood);--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "users" ADD CONSTRAINT "c" CHECK (id > 0);
EXCEPTION WHEN duplicate_object THEN null;
END $$;`,
  'ALTER TABLE "users" RENAME COLUMN "name" TO "title";\n--> statement-breakpoint\nALTER TABLE "users" RENAME TO "people";',
  `ALTER TYPE mood ADD VALUE 'happy';`,
  'ALTER TABLE people ALTER COLUMN title SET DATA TYPE varchar(20), ADD COLUMN n integer;',
  `${bodies}\n--> statement-breakpoint\nCREATE TRIGGER t BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION f();`,
  `CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN null; END $$;`,
  'CREATE SCHEMA "app";\n--> statement-breakpoint\nCREATE TABLE app.a (id int);\n--> statement-breakpoint\nINSERT INTO app.a VALUES (1);',
  'CREATE INDEX CONCURRENTLY i ON people (title);',
  'DROP TABLE app.a;\n--> statement-breakpoint\nDROP SCHEMA app;\n--> statement-breakpoint\nDROP TRIGGER t ON people;',
  'UPDATE people SET n = 1;\n--> statement-breakpoint\nALTER TABLE people ADD COLUMN m int;',
)

async function imported(migrations: readonly Migration[], folderOf = journalFolder) {
  const database = await createDatabase()
  const folder = folderOf(migrations)
  const into = `${folder}-revisions`
  const config = resolveConfig({ url: database.url, migrations: into })
  const report = await importHistory({
    tool: 'drizzle',
    folder,
    into,
    deriveOn: { config, hasUrl: true },
  })
  return { database, folder, into, report, texts: report.written.map(({ file }) => textOf(file)) }
}

const textOf = (file: string) => readFileSync(file, 'utf8')

test.each([journalFolder, foldersOf])(
  'what is derived leads back, one by one, to every state that there was',
  async (folderOf) => {
    const { database, into, report, texts } = await imported(all, folderOf)
    expect(report.downgrades).toBe(all.length)
    expect(report.written.map(({ left }) => left)).toEqual([
      ...Array.from({ length: 9 }, () => []),
      ['what UPDATE people SET n = 1 does to rows'],
    ])
    expect(texts[1]).toMatch(/RENAME COLUMN "title" TO "name".*RENAME TO "users"/s)
    expect(texts[3]).toContain('-- data loss: all values of "people"."n"')
    expect(texts[9]).toContain('-- not undone: what UPDATE people SET n = 1 does to rows')
    const migrator = createMigrator({ url: database.url, migrations: into })
    const states: unknown[] = []
    const state = () =>
      database.query(`
SELECT c.oid::regclass::text AS r, (SELECT array_agg(attname || ' ' || format_type(atttypid, atttypmod) ORDER BY attname) FROM pg_attribute
   WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS a,
  (SELECT array_agg(pg_get_triggerdef(t.oid) ORDER BY 1) FROM pg_trigger t WHERE tgrelid = c.oid AND NOT tgisinternal) AS t,
  (SELECT array_agg(pg_get_constraintdef(k.oid) ORDER BY 1) FROM pg_constraint k WHERE conrelid = c.oid AND contype <> 'n') AS k
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'app') AND relname NOT LIKE 'limbeck%' AND relname <> 'c_pkey'
UNION ALL SELECT p.oid::regprocedure::text, ARRAY[pg_get_functiondef(p.oid)], null, null FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT typname::text, (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), null, null FROM pg_type t WHERE typtype = 'e'
ORDER BY 1`)
    for (const { revision } of report.written) {
      states.push(await state())
      await migrator.upgrade(revision)
    }
    for (const before of states.toReversed()) {
      await migrator.downgrade('-1')
      expect(await state()).toEqual(before)
    }
    await migrator.upgrade()
  },
)

test('what cannot be derived is said in the file, and refused before anything runs', async () => {
  const { database, into, report, texts } = await imported(
    history(
      'CREATE TABLE a (id int, n int);',
      'INSERT INTO a VALUES (1);',
      'GRANT SELECT ON a TO public;',
      'CREATE INDEX i ON a (id);\n--> statement-breakpoint\nDROP INDEX i;',
      '-- Custom SQL migration file, put your code below! --',
    ),
  )
  expect(report.downgrades).toBe(3)
  expect(report.written.map(({ left }) => left)).toEqual([
    [],
    ['what INSERT INTO a VALUES (1) does to rows'],
    ['what GRANT SELECT ON a TO public does'],
    [],
    [],
  ])
  expect(texts[1]).toContain('-- irreversible: not derived: what INSERT INTO a')
  await initDb({ url: database.url, migrations: into })
  const migrator = createMigrator({ url: database.url, migrations: into })
  const [, , third] = report.written
  await migrator.downgrade(third!.revision)
  expect((await failure(migrator.downgrade('-1'))).code).toBe('LIMBECK_IRREVERSIBLE')
})

test('a history that cannot be replayed leaves nothing behind', async () => {
  const error = await failure(imported(history('CREATE TABLE a (id int);', 'DROP TABLE gone;')))
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    message: expect.stringContaining('gone'),
  })
})

test('a file that commits by itself, as drizzle lets it, runs as it is and is imported as such', async () => {
  const trick = history(
    `CREATE TYPE mood AS ENUM ('a');`,
    `ALTER TYPE mood ADD VALUE 'b';\n--> statement-breakpoint\nCOMMIT;\nCREATE TABLE m (v mood DEFAULT 'b');`,
    `COMMIT;\nALTER TYPE mood ADD VALUE 'c';\nBEGIN;\nCREATE TABLE o (v mood DEFAULT 'c');`,
  )
  const { folder, into } = await imported(trick)
  for (const migrations of [folder, into]) {
    const database = await createDatabase()
    expect((await initDb({ url: database.url, migrations })).applied).toHaveLength(3)
    expect(await database.query('SELECT FROM m, o')).toEqual([])
  }
})

test.each([
  ['extensions and types', 'before', 'CREATE EXTENSION citext;'],
  [
    'a function that models lean on',
    'before',
    'CREATE FUNCTION d() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
    'CREATE TABLE b (id int DEFAULT d());',
  ],
  [
    'code behind the tables',
    'run',
    `${bodies}\nCREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();`,
  ],
  ['rows', 'run', 'INSERT INTO a VALUES (1);'],
  [
    'rows of a table that later changes',
    null,
    'INSERT INTO a VALUES (1);',
    'ALTER TABLE a DROP COLUMN n;',
  ],
  ['rows beside tables', null, 'CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);'],
  [
    'a change of rows that are not there',
    'skip',
    'ALTER TABLE a ADD COLUMN m int;\nUPDATE a SET m = 1;',
  ],
  ['a block that anything may be in', null, 'DO $$ BEGIN PERFORM 1; END $$;'],
  [
    'a block of drizzle-kit',
    'skip',
    'DO $$ BEGIN\n ALTER TABLE a ADD CONSTRAINT c CHECK (n > 0);\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;',
  ],
  ['tables', null, 'CREATE TABLE b (id int);'],
] as const)('fresh: of %s is %s', async (_, fresh, sql, ...then) => {
  const folder = journalFolder(
    history('CREATE TABLE a (id int, n int);', sql, ...(then as string[])),
  )
  const into = `${folder}-revisions`
  const { written } = await importHistory({ tool: 'drizzle', folder, into })
  const { scripts } = await loadRevisions([into])
  expect(scripts.get(written[1]!.revision)?.fresh).toBe(fresh)
})

test('the command line says what has a downgrade and what is not undone', async () => {
  const database = await createDatabase()
  const folder = journalFolder(history('CREATE TABLE a (id int);', 'INSERT INTO a VALUES (1);'))
  const line = ['import', 'drizzle', folder, '--into', `${folder}-r`, '--with-downgrades']
  const { code, stdout, stderr } = await run(line, {
    cwd: folder,
    env: { DATABASE_URL: database.url },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('replaying') })
  expect(stdout).toContain('1 of 2 have a downgrade.')
  expect(stdout).toContain('what INSERT INTO a VALUES (1) does to rows')
})
