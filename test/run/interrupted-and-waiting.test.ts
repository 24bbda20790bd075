import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { hashText } from '../../src/script/hash.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { migratedProject } from '../support/project.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'
import { atGate, closeGate, sleeping, untilFound } from '../support/until.ts'

const none = ['transaction: none']
const down = 'SELECT 1;'

/** As a process leaves it that was killed after it had sent the first statement of a file. */
async function cutOff(database: TestDatabase, revision: string, statement: string) {
  await database.query(
    `INSERT INTO limbeck_progress (version_table, revision, direction, statement_started) VALUES ('limbeck_version', '${revision}', 'upgrade', '${hashText(statement)}')`,
  )
}

/** Another session that holds what `statement` locks until it is told to end. */
async function holding(database: TestDatabase, statement: string) {
  const { default: postgres } = await import('postgres')
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  await sql.unsafe(`BEGIN; ${statement}`)
  return async () => {
    await sql.unsafe('COMMIT')
    await sql.end()
  }
}

const isWaiting =
  "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

test.each([
  ['in a transaction', []],
  ['outside of one', none],
])(
  'a change of rows %s waits for a row as long as it takes, and is not begun again',
  async (_, head) => {
    const { database, folder, options } = await migratedProject(
      'CREATE TABLE t (n int); INSERT INTO t VALUES (1);',
    )
    await folder.sql('bbb2', { revises: 'aaa1', head, up: 'UPDATE t SET n = n + 1;', down })
    const release = await holding(database, 'UPDATE t SET n = 10')
    const logger = keepLog()
    const booted = initDb({ ...options, lockTimeout: 100, logger })
    await untilFound(database, isWaiting)
    await database.query('SELECT pg_sleep(0.5)')
    await release()
    await booted
    expect(await database.query('SELECT n FROM t')).toEqual([{ n: 11 }])
    expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([])
  },
)

test('a partition is detached behind a reader, and finished by the next boot where that gave up', async () => {
  const { database, folder, options } = await migratedProject(
    'CREATE TABLE m (d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); CREATE TABLE m2 PARTITION OF m FOR VALUES IN (2);',
  )
  const up =
    'ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY;\nALTER TABLE m DETACH PARTITION m2 CONCURRENTLY;'
  await folder.sql('bbb2', { revises: 'aaa1', head: none, up, down })
  const release = await holding(database, 'SELECT * FROM m')
  const error = await failure(initDb({ ...options, lockTimeout: 100, lockRetryTimeout: 0 }))
  expect(error.details).toMatchObject({ sqlstate: '55P03', hint: expect.stringMatching(/lock/) })
  expect(await database.query('SELECT inhdetachpending AS p FROM pg_inherits ORDER BY 1')).toEqual([
    { p: false },
    { p: true },
  ])
  await release()
  expect((await initDb(options)).outcome).toBe('resumed')
  expect(await database.query('SELECT * FROM pg_inherits')).toEqual([])
})

test('a detach that had ended when its process was killed is not sent again', async () => {
  const { database, folder, options } = await migratedProject(
    'CREATE TABLE m (d int) PARTITION BY LIST (d); CREATE TABLE m1 (d int);',
  )
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: 'ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY;',
    down,
  })
  await cutOff(database, 'bbb2', 'ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY')
  expect((await initDb(options)).outcome).toBe('resumed')
})

test('REINDEX of an INVALID index that was interrupted repairs it, and does not drop it', async () => {
  const { database, folder, options } = await migratedProject(
    'CREATE TABLE t (n int); CREATE INDEX t_n ON t (n); CREATE INDEX t_n_ccnew ON t (n);',
  )
  await database.query(
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('t_n'::regclass, 't_n_ccnew'::regclass)",
  )
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: 'REINDEX INDEX CONCURRENTLY t_n;',
    down,
  })
  await cutOff(database, 'bbb2', 'REINDEX INDEX CONCURRENTLY t_n')
  await initDb(options)
  expect(
    await database.query(
      "SELECT indexrelid::regclass::text AS i, indisvalid AS v FROM pg_index WHERE indrelid = 't'::regclass",
    ),
  ).toEqual([{ i: 't_n', v: true }])
})

test('what had its effect when its process was killed is known by the answer to a second try', async () => {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (n int);')
  const statement = `CREATE DATABASE ${database.name}_b`
  await database.query(statement)
  await folder.sql('bbb2', { revises: 'aaa1', head: none, up: `${statement};`, down })
  await cutOff(database, 'bbb2', statement)
  expect((await initDb(options)).outcome).toBe('resumed')
  await database.query(`DROP DATABASE ${database.name}_b`)
})

test('a conflict of serializable transactions is tried again', async () => {
  const { database, folder, options } = await migratedProject(
    'CREATE TABLE t (n int); INSERT INTO t VALUES (0);',
  )
  await database.query(
    `ALTER DATABASE "${database.name}" SET default_transaction_isolation = 'repeatable read'`,
  )
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: `SELECT count(*) FROM t;\n${atGate}\nUPDATE t SET n = n + 100;`,
    down,
  })
  const gate = await closeGate(database.url)
  const booted = initDb(options)
  await untilFound(database, sleeping)
  await database.query('UPDATE t SET n = n + 1')
  await gate.open()
  await booted
  expect(await database.query('SELECT n FROM t')).toEqual([{ n: 101 }])
})

test('a revision may begin with SET TRANSACTION', async () => {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (iso text);')
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO t SELECT current_setting('transaction_isolation');",
    down,
  })
  await initDb(options)
  expect(await database.query('SELECT iso FROM t')).toEqual([{ iso: 'serializable' }])
})

test('literals are stored as written, whatever the database says of backslashes', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await database.query(`ALTER DATABASE "${database.name}" SET standard_conforming_strings = off`)
  await folder.sql('aaa1', {
    up: "CREATE TABLE t (a text);\n-- + a comment\nINSERT INTO t VALUES ('one\rtwo'), ('three\r\nfour'), ('five\\');\nSELECT 'x; DROP TABLE t; --';",
    down,
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: "RESET ALL;\nINSERT INTO t VALUES ('six\\');\nSELECT 'x; DROP TABLE t; --';",
    down,
  })
  await initDb({ url: database.url, migrations: folder.path })
  expect((await database.query<{ a: string }>('SELECT a FROM t')).map(({ a }) => a)).toEqual([
    'one\rtwo',
    'three\r\nfour',
    'five\\',
    'six\\',
  ])
})
