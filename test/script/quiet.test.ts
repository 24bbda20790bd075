import { expect, test } from 'vitest'
import { isQuiet } from '../../src/script/quiet.ts'
import { splitSql } from '../../src/script/split.ts'

const quiet = async (sql: string) => isQuiet(await splitSql(sql, { file: 'a.sql' }))

test.each([
  'CREATE TABLE t (id integer PRIMARY KEY, name varchar(20) DEFAULT lower($$A$$) CHECK (length(name) > 0))',
  'CREATE TABLE IF NOT EXISTS "a b"."t" ("id" serial, "at" timestamptz DEFAULT now() NOT NULL)',
  'CREATE TABLE t (a int, b text); CREATE UNIQUE INDEX "i" ON t USING btree (a DESC NULLS LAST, "b")',
  'CREATE TABLE "s"."t" (a int); CREATE INDEX ON "s"."t" (a)',
  'CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT "f" FOREIGN KEY ("a") REFERENCES "s"."u"("id") ON DELETE cascade',
  "CREATE TYPE mood AS ENUM ('a', 'b')",
  "COMMENT ON TABLE t IS 'AS SELECT f()'",
  'DROP TABLE IF EXISTS t CASCADE; DROP INDEX i',
  '',
])('%s runs nothing of anybody else’s', async (sql) => {
  expect(await quiet(sql)).toBe(true)
})

test.each([
  'CREATE TEMP TABLE t (a int)',
  'CREATE TABLE pg_temp.t (a int)',
  'CREATE TABLE "pg_temp"."t" (a int)',
  'CREATE TABLE t AS SELECT f()',
  'CREATE TABLE t (a) AS SELECT f()',
  'CREATE TABLE t PARTITION OF u FOR VALUES FROM (f()) TO (g())',
  'CREATE TABLE t (LIKE u INCLUDING ALL)',
  'CREATE TABLE t (a int, EXCLUDE USING gist ((f(a)) WITH =))',
  // The rows of a table that was there before, and what is computed of them.
  'CREATE INDEX i ON t (a)',
  'CREATE TABLE IF NOT EXISTS t (a int); INSERT INTO t VALUES (1)',
  'CREATE TABLE t (a int); CREATE INDEX i ON u (a)',
  'CREATE TABLE t (a int); CREATE INDEX i ON t (f(a))',
  'CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE f(1)',
  'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id)',
  'ALTER TABLE t ADD COLUMN a int DEFAULT f()',
  'ALTER TABLE t ALTER COLUMN a TYPE text USING f(a)',
  'CREATE TABLE t (a int); INSERT INTO t VALUES (1)',
  'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
  'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()',
  'CREATE TYPE t AS (a int)',
  'DROP EXTENSION e',
  'SET search_path = a',
  'SELECT 1',
  "DO $$ BEGIN PERFORM set_config('a.b', 'c', false); END $$",
])('%s may', async (sql) => {
  expect(await quiet(sql)).toBe(false)
})
