import { describe, expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

const none = ['transaction: none']
const down = 'SELECT 1;'

const project = (first = 'CREATE TABLE t (id int, at timestamp);') => migratedProject(first)

describe('what a revision sets', () => {
  test.each([
    ['a setting', "SET work_mem = '3MB';", "current_setting('work_mem') <> '3MB'"],
    [
      'a setting of its own',
      "SELECT set_config('my.key', 'x', false);",
      "coalesce(current_setting('my.key', true), '') = ''",
    ],
    ['the time zone', "SET TIME ZONE 'Asia/Tokyo';", "current_setting('TimeZone') <> 'Asia/Tokyo'"],
    [
      'the isolation of what follows',
      "SET default_transaction_isolation = 'serializable';",
      "current_setting('transaction_isolation') <> 'serializable'",
    ],
    ['a role', 'SET ROLE pg_monitor;', "current_user <> 'pg_monitor'"],
    [
      'the session authorization',
      'SET SESSION AUTHORIZATION pg_monitor;',
      "session_user <> 'pg_monitor'",
    ],
    [
      'a temporary table',
      'CREATE TEMP TABLE scratch (a int);',
      "to_regclass('pg_temp.scratch') IS NULL",
    ],
    [
      'a prepared statement',
      'PREPARE p AS SELECT 1;',
      'NOT EXISTS (SELECT FROM pg_prepared_statements)',
    ],
    ['a cursor', 'DECLARE c CURSOR WITH HOLD FOR SELECT 1;', 'NOT EXISTS (SELECT FROM pg_cursors)'],
    ['a channel', 'LISTEN news;', 'NOT EXISTS (SELECT FROM pg_listening_channels())'],
    [
      'advisory locks',
      'SELECT pg_advisory_lock(42), pg_advisory_lock(42), pg_advisory_lock_shared(-7, -8);',
      "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) = 1",
    ],
  ])('%s is gone before the next one, in one run as in two', async (_, sets, isGone) => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: sets, down })
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: `CREATE TABLE seen AS SELECT ${isGone} AS gone;`,
      down,
    })
    expect((await initDb(options)).applied).toEqual(['bbb2', 'ccc3'])
    expect(await database.query('SELECT gone FROM seen')).toEqual([{ gone: true }])
  })

  test('holds to the end of its own body, and the step is recorded by the migrating role', async () => {
    const { database, folder, options } = await project(
      'GRANT CREATE ON SCHEMA public TO pg_monitor;',
    )
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'SET ROLE pg_monitor;\nCREATE TABLE a (n int);\nCREATE TABLE b AS SELECT current_user::text AS who;',
      down,
    })
    await initDb(options)
    expect(
      await database.query(
        "SELECT who, (SELECT tableowner FROM pg_tables WHERE tablename = 'a') AS owner FROM b",
      ),
    ).toEqual([{ who: 'pg_monitor', owner: 'pg_monitor' }])
  })

  test('holds for a `transaction: none` body as for psql, session authorization included', async () => {
    const { database, folder, options } = await project(
      'GRANT CREATE ON SCHEMA public TO pg_monitor;',
    )
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'SET SESSION AUTHORIZATION pg_monitor;\nCREATE TABLE a AS SELECT session_user::text AS who;\nCREATE INDEX CONCURRENTLY a_who ON a (who);\nRESET SESSION AUTHORIZATION;\nINSERT INTO a SELECT session_user;',
      down,
    })
    await initDb(options)
    const rows = await database.query<{ who: string }>('SELECT who FROM a')
    expect(rows[0]?.who).toBe('pg_monitor')
    expect(rows[1]?.who).not.toBe('pg_monitor')
  })

  test('is set again by a resume: search_path, set_config, a setting of a committed block', async () => {
    const { database, folder, options } = await project(
      'CREATE SCHEMA archive; CREATE TABLE gate (n int); INSERT INTO gate VALUES (1), (1);',
    )
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: "SET search_path = archive, public;\nSELECT set_config('my.a', 'x', false);\nBEGIN;\nSET my.b = 'y';\nCOMMIT;\nBEGIN;\nSET my.c = 'never';\nROLLBACK;\nCREATE UNIQUE INDEX CONCURRENTLY gate_n ON gate (n);\nCREATE TABLE seen AS SELECT current_setting('my.a') || current_setting('my.b') || coalesce(current_setting('my.c', true), '') AS s;",
      down,
    })
    await failure(initDb(options))
    await database.query('TRUNCATE gate')
    expect((await initDb(options)).outcome).toBe('resumed')
    expect(await database.query('SELECT s FROM archive.seen')).toEqual([{ s: 'xy' }])
  })
})
