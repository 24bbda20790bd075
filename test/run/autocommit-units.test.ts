import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

const none = ['transaction: none']
const down = 'SELECT 1;'

const project = (first = 'CREATE TABLE t (id int, at timestamp);') => migratedProject(first)

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
