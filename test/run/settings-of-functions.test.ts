import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

const functions = `CREATE TABLE gate (n int); INSERT INTO gate VALUES (1), (1);
CREATE SCHEMA archive;
CREATE FUNCTION in_tokyo() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', false); END $$;
CREATE FUNCTION in_archive() RETURNS text LANGUAGE sql AS $$ SELECT set_config('search_path', 'archive, public', false) $$;
CREATE FUNCTION as_monitor() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SET ROLE pg_monitor; END $$;
CREATE FUNCTION with_memory() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET work_mem = '3MB'; RETURN NULL; END $$;
CREATE TABLE watched (n int); CREATE TRIGGER watch AFTER INSERT ON watched EXECUTE FUNCTION with_memory();
GRANT CREATE ON SCHEMA public TO pg_monitor; ALTER TABLE gate OWNER TO pg_monitor;`

/** A revision that sets something, fails at an index behind it, and is resumed when that can be built. */
async function resumed(sets: string, seen: string) {
  const { database, folder, options } = await migratedProject(functions)
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none'],
    up: `${sets}\nCREATE UNIQUE INDEX CONCURRENTLY gate_n ON public.gate (n);\nCREATE TABLE public.seen AS SELECT ${seen} AS s;`,
    down: 'SELECT 1;',
  })
  await failure(initDb(options))
  await database.query('TRUNCATE public.gate')
  expect((await initDb(options)).outcome).toBe('resumed')
  const [row] = await database.query<{ s: string }>('SELECT s FROM public.seen')
  return row?.s
}

test.each([
  ['a function', 'SELECT in_tokyo();', "current_setting('TimeZone')", 'Asia/Tokyo'],
  [
    'a block',
    "DO $$ BEGIN SET TIME ZONE 'Asia/Tokyo'; END $$;",
    "current_setting('TimeZone')",
    'Asia/Tokyo',
  ],
  [
    'a function among rows',
    'INSERT INTO gate SELECT 1 FROM in_tokyo();',
    "current_setting('TimeZone')",
    'Asia/Tokyo',
  ],
  [
    'a function in a transaction',
    'BEGIN;\nSELECT in_archive();\nCOMMIT;',
    'current_schema()::text',
    'archive',
  ],
  ['a trigger', 'INSERT INTO watched VALUES (1);', "current_setting('work_mem')", '3MB'],
  ['a function that sets the role', 'SELECT as_monitor();', 'current_user::text', 'pg_monitor'],
])('what %s has set is set again by a resume', async (_, sets, seen, expected) => {
  expect(await resumed(sets, seen)).toBe(expected)
})

test.each([
  ['SET LOCAL', "BEGIN;\nSET LOCAL TIME ZONE 'Asia/Tokyo';\nCOMMIT;"],
  ['set_config', "SELECT set_config('TimeZone', 'Asia/Tokyo', true);"],
  ['a transaction that was rolled back', 'BEGIN;\nSELECT in_tokyo();\nROLLBACK;'],
  ['a setting that was taken back', 'SELECT in_tokyo();\nRESET TIME ZONE;'],
  [
    'a setting that a block took back',
    "SET TIME ZONE 'Asia/Tokyo';\nDO $$ BEGIN RESET TIME ZONE; END $$;",
  ],
])('what no longer holds is not: %s', async (_, sets) => {
  expect(await resumed(sets, "current_setting('TimeZone')")).not.toBe('Asia/Tokyo')
})

test('behind what takes the settings back the target schema stands first, in a resume as well', async () => {
  const { database, folder, options } = await migratedProject(functions)
  const inArchive = { ...options, schema: 'archive', versionSchema: 'public' }
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none'],
    up: [
      'RESET ALL;',
      'CREATE UNIQUE INDEX CONCURRENTLY gate_n ON public.gate (n);',
      'CREATE TABLE after_reset (n int);',
      'BEGIN;\nRESET search_path;\nSET search_path = public, archive;\nCREATE TABLE chosen AS SELECT 1 AS n;\nCOMMIT;',
    ].join('\n'),
    down: 'SELECT 1;',
  })

  await failure(initDb(inArchive))
  await database.query('TRUNCATE public.gate')
  expect((await initDb(inArchive)).outcome).toBe('resumed')
  expect(
    await database.query(
      `SELECT to_regclass('archive.after_reset') IS NOT NULL AS reset, to_regclass('public.chosen') IS NOT NULL AS chosen`,
    ),
  ).toEqual([{ reset: true, chosen: true }])
})
