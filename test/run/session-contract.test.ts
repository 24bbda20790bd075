import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure, keepLog } from '../support/revisions.ts'

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

describe('transaction words in a `transaction: none` file', () => {
  test('BEGIN … COMMIT is atomic and noted as one, with savepoints, locks, cursors and its isolation', async () => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: "START TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSET TRANSACTION READ WRITE;\nLOCK TABLE t;\nDECLARE c CURSOR FOR SELECT 1;\nFETCH c;\nINSERT INTO t VALUES (1);\nSAVEPOINT s;\nINSERT INTO t VALUES (2);\nROLLBACK TO s;\nSET LOCAL work_mem = '5MB';\nINSERT INTO t SELECT 3 WHERE current_setting('transaction_isolation') = 'serializable';\nEND;\nBEGIN;\nINSERT INTO t VALUES (4);\nABORT;\nSELECT 1/0;",
      down,
    })
    expect((await failure(initDb(options))).details).toMatchObject({ sqlstate: '22012', line: 23 })
    expect(await database.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }])
    expect(
      await database.query('SELECT cardinality(statements_done) AS n FROM limbeck_progress'),
    ).toEqual([{ n: 15 }])
  })

  test('a statement that fails in a block that is rolled back is no success', async () => {
    const { folder, options } = await project()
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'BEGIN;\nSELECT 1/0;\nROLLBACK;',
      down,
    })
    expect((await failure(initDb(options))).details).toMatchObject({ sqlstate: '22012', line: 9 })
  })

  test.each([
    ['SAVEPOINT a;', 8],
    ["SET LOCAL work_mem = '5MB';", 8],
    ['LOCK TABLE t;', 8],
    ['DECLARE c CURSOR FOR SELECT 1;', 8],
    ['SET TRANSACTION READ ONLY;', 8],
    ['COMMIT;', 8],
    ['BEGIN;\nSELECT 1;', 8],
    ['BEGIN;\nBEGIN;', 9],
    ['BEGIN;\nVACUUM;\nCOMMIT;', 9],
    ["BEGIN;\nSELECT 1;\nPREPARE TRANSACTION 'x';", 10],
    ['CREATE TEMP TABLE x (a int);', 8],
    ['PREPARE p AS SELECT 1;', 8],
    ['DISCARD ALL;', 8],
    ['SELECT pg_advisory_unlock_all();', 8],
  ])('%j is refused with its line, before anything runs', async (up, line) => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', head: none, up, down })
    const error = await failure(initDb(options))
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_FILE', details: { line } })
    expect(await database.query('SELECT * FROM limbeck_progress')).toEqual([])
  })
})

describe('CALL and DO', () => {
  const batches =
    'CREATE TABLE big (id int, n int DEFAULT 0); INSERT INTO big SELECT g FROM generate_series(1, 30) g;\nCREATE PROCEDURE fill(broken bool) LANGUAGE plpgsql AS $$ BEGIN\nUPDATE big SET n = n + 1 WHERE id <= 10; COMMIT;\nIF broken THEN PERFORM 1/0; END IF;\nUPDATE big SET n = n + 1 WHERE id > 10; COMMIT; END $$;'

  test('that commit run alone; that do not are one transaction with their note', async () => {
    const { database, folder, options } = await project(batches)
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'CALL fill(false);\nDO $$ BEGIN UPDATE big SET n = n + 10; END $$;\nDO $$ BEGIN UPDATE big SET n = n + 100; COMMIT; END $$;',
      down,
    })
    await initDb(options)
    expect(await database.query('SELECT DISTINCT n FROM big')).toEqual([{ n: 111 }])
  })

  test('that were interrupted are a question with two answers', async () => {
    const { database, folder, options } = await project(batches)
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'CALL fill(true);\nSELECT 1;',
      down,
    })
    await failure(initDb(options))
    await database.query(
      "UPDATE limbeck_progress SET statement_started = encode(sha256('CALL fill(true)'), 'hex')",
    )
    const error = await failure(initDb(options))
    expect(error).toMatchObject({ code: 'LIMBECK_INTERRUPTED_CALL', details: { line: 8 } })
    expect(error.details.hint).toMatch(/--interrupted done.*--interrupted again/s)
    const migrator = createMigrator(options)
    expect(
      (await failure(migrator.upgrade('head', { interrupted: 'again' }))).details.sqlstate,
    ).toBe('22012')
    await database.query(
      "UPDATE limbeck_progress SET statement_started = encode(sha256('CALL fill(true)'), 'hex')",
    )
    await migrator.upgrade('head', { interrupted: 'done' })
    expect(await database.query('SELECT n FROM big WHERE id = 1')).toEqual([{ n: 2 }])
  })

  test('that were interrupted run again where `-- rerunnable` stands above them', async () => {
    const { database, folder, options } = await project(batches)
    const up = '-- rerunnable: it can\nCALL fill(true);'
    await folder.sql('bbb2', { revises: 'aaa1', head: none, up, down })
    await failure(initDb(options))
    await database.query(
      "UPDATE limbeck_progress SET statement_started = encode(sha256('CALL fill(false)'), 'hex')",
    )
    await folder.sql('bbb2', { revises: 'aaa1', head: none, up: up.replace('true', 'false'), down })
    expect((await initDb(options)).outcome).toBe('resumed')
  })
})

describe('code', () => {
  const ts = (id: string, revises: string, body: string, extra = '') =>
    `export const revision = '${id}'\nexport const downRevision = '${revises}'\nexport const irreversible = 'no'\n${extra}\nexport async function upgrade({ sql, db }: any) {\n${body}\n}\n`

  test.each([
    "await sql.unsafe('COMMIT')",
    "await sql`CREATE TABLE x (a int)`; await sql.unsafe('SELECT 1; ROLLBACK; SELECT 2')",
    'await sql`BEGIN`',
    'await sql`/* c */ commit and chain`',
    'await sql.unsafe("PREPARE TRANSACTION \'x\'")',
    "await sql.unsafe('START TRANSACTION')",
  ])('cannot end its transaction: %s', async (body) => {
    const { database, folder, options } = await project()
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body))
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_STEP_FAILED')
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'aaa1' },
    ])
    expect(await database.query("SELECT to_regclass('x') AS x")).toEqual([{ x: null }])
  })

  test('that ends it where nobody sees it is neither recorded nor taken for applied', async () => {
    const { database, folder, options } = await project()
    await folder.ts(
      'bbb2',
      ts(
        'bbb2',
        'aaa1',
        "await sql.unsafe('CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END; ROLLBACK')",
      ),
    )
    expect((await failure(initDb(options))).details.sqlstate).toBe('LB003')
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'aaa1' },
    ])
    expect(
      await database.query("SELECT revision FROM limbeck_history WHERE revision = 'bbb2'"),
    ).toEqual([])
  })

  test('may nest: db.transaction() is a savepoint, rolled back when it throws', async () => {
    const { database, folder, options } = await project()
    await folder.ts(
      'bbb2',
      ts(
        'bbb2',
        'aaa1',
        `
  await db.transaction(async (tx: any) => { await tx.execute('INSERT INTO t VALUES (1)') })
  await db.transaction(async (tx: any) => {
    await tx.execute('INSERT INTO t VALUES (2)')
    await tx.transaction(async (inner: any) => { await inner.execute('INSERT INTO t VALUES (3)'); inner.rollback() }).catch(() => {})
  })
  await db.transaction(async (tx: any) => { await tx.execute('INSERT INTO t VALUES (4)'); throw new Error('no') }).catch(() => {})`,
      ),
    )
    await initDb(options)
    expect(await database.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  test.each([
    ['in a transaction', ''],
    ['without one', "export const transaction = 'none'"],
  ])('may begin several side by side, %s: each keeps or loses what is its own', async (_, head) => {
    const { database, folder, options } = await project()
    const body = `
  const ends = await Promise.allSettled([
    ...[1, 2, 3, 4].map((n) => db.transaction(async (tx: any) => {
      await tx.execute(\`INSERT INTO t VALUES (\${n})\`)
      await Promise.allSettled([
        tx.transaction(async (inner: any) => { await inner.execute(\`INSERT INTO t VALUES (\${n * 10})\`) }),
        db.transaction(async (inner: any) => { await inner.execute(\`INSERT INTO t VALUES (\${n * 100})\`); inner.rollback() }),
        sql.unsafe(\`INSERT INTO t VALUES (\${n * 1000})\`),
      ])
      if (n % 2) throw new Error('no')
    })),
    sql\`INSERT INTO t VALUES (5)\`,
    sql.begin(async (inner: any) => { await inner\`INSERT INTO t VALUES (6)\`; await inner\`SELECT 1 / 0\` }),
    db.execute('INSERT INTO t VALUES (7)'),
    sql.begin((inner: any) => [inner\`INSERT INTO t VALUES (8)\`, inner\`INSERT INTO t VALUES (9)\`]),
  ])
  const failed = ends.flatMap(({ status }, index) => status === 'rejected' ? [index] : [])
  if (failed.join() !== '0,2,5') throw new Error(failed.join())`
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body, head))
    await initDb(options)
    expect((await database.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id)).toEqual([
      2, 4, 5, 7, 8, 9, 20, 40, 2000, 4000,
    ])
  })

  test('that begins one and does not wait for it cannot disturb its step', async () => {
    const { database, folder, options } = await project()
    const body = `
  await sql\`INSERT INTO t VALUES (1)\`
  db.transaction(async (tx: any) => {
    await tx.execute('INSERT INTO t VALUES (2)')
    await new Promise((next) => setImmediate(next))
    await tx.execute('INSERT INTO t VALUES (3)')
  }).catch(() => {})`
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body))
    await initDb(options)
    const ids = (await database.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id)
    expect(ids).toContain(1)
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'bbb2' },
    ])
  })

  test('that asks after it has returned is told so, and nothing is sent', async () => {
    const { database, folder, options } = await project()
    await folder.ts('bbb2', ts('bbb2', 'aaa1', '(globalThis as any).limbeckLate = sql'))
    await initDb(options)
    const { limbeckLate: sql } = globalThis as unknown as { limbeckLate: import('postgres').Sql }
    expect((await failure<Error>(sql`SELECT 1`)).message).toMatch(/after the revision had returned/)
    expect((await failure<Error>(sql.unsafe('SELECT 1'))).message).toMatch(/after the revision/)
    expect((await failure<Error>(sql.begin(async () => {}) as Promise<unknown>)).message).toMatch(
      /after the revision/,
    )
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('words', () => {
  test("a failure of the history table is told as one of Limbeck's own tables", async () => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 2;', down })
    await database.query("SELECT setval(pg_get_serial_sequence('limbeck_history', 'id'), 1, false)")
    const error = await failure(initDb(options))
    expect(error.message).toMatch(/Limbeck's own tables.*SQLSTATE 23505/s)
    expect(error.details.hint).toMatch(/setval/)
  })

  test('a version column that is too short is told as such', async () => {
    const { database, folder, options } = await project()
    await database.query('ALTER TABLE limbeck_version ALTER version_num TYPE varchar(4)')
    await folder.sql('bbb2long', { revises: 'aaa1', up: 'SELECT 2;', down })
    const error = await failure(initDb(options))
    expect(error.message).toMatch(/own tables.*SQLSTATE 22001/s)
    expect(error.details.hint).toMatch(/ALTER TABLE .*version_num TYPE varchar/)
  })

  test("a timeout of the role is told with the line to write, and PostgreSQL's last word is kept", async () => {
    const { database, folder, options } = await project()
    await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT pg_sleep(20);', down })
    await database.query(`ALTER DATABASE "${database.name}" SET statement_timeout = 300`)
    expect((await failure(initDb(options))).details.hint).toMatch(
      /SET LOCAL statement_timeout = 0;/,
    )
    await database.query(`ALTER DATABASE "${database.name}" RESET statement_timeout`)
    const booted = failure(initDb(options))
    await expect
      .poll(
        () =>
          database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
          ),
        { timeout: 15_000 },
      )
      .toHaveLength(1)
    const error = await booted
    expect(error).toMatchObject({ code: 'LIMBECK_CONNECTION_LOST', details: { sqlstate: '57P01' } })
    expect(error.message).toMatch(/terminating connection due to administrator command/)
  })

  test('a WARNING of PostgreSQL is logged as one', async () => {
    const { folder, options } = await project()
    const logger = keepLog()
    await folder.sql('bbb2', {
      revises: 'aaa1',
      up: "DO $$ BEGIN RAISE WARNING 'three rows were left out'; END $$;",
      down,
    })
    await initDb({ ...options, logger })
    expect(
      logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
    ).toEqual([expect.stringMatching(/three rows/)])
  })
})
