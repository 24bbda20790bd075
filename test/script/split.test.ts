import fc from 'fast-check'
import { scan } from 'libpg-query'
import { describe, expect, test } from 'vitest'
import { splitSql } from '../../src/script/split.ts'
import { splitPlain } from '../../src/script/split-plain.ts'
import { sqlParts, statementAround } from '../../src/sql/text.ts'
import { seeded } from '../support/seeded.ts'

const SOURCE = { file: '/m/aaa.sql' }
const split = async (sql: string) => (await splitSql(sql, SOURCE)).map((one) => one.sql)
const kind = async (sql: string) => (await splitSql(sql, SOURCE))[0]?.kind
const refusal = (sql: string) => splitSql(sql, SOURCE).catch((error) => error)

describe('statements', () => {
  test.each([
    'DO $$ BEGIN PERFORM 1; PERFORM 2; END $$',
    'DO $a$ BEGIN PERFORM $b$;$b$; END $a$',
    'SELECT 1 /* ; /* ; */ ; */ + 2',
    'SELECT 1 -- ;\n + 2',
    "SELECT ';', 'it''s;', E'\\';', U&'\\0041;', B'1', X'1F', N';'",
    "SELECT U&'d!0061;' UESCAPE '!'",
    'SELECT 1 AS ";", 2 AS "a"";"',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); DELETE FROM t; END',
    'CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END; $$',
    'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)',
    'SELECT a$b$c FROM t',
    "SELECT 'é😀' AS ü",
    "SELECT 'a'\n'b;c'",
  ])('keep %j whole', async (sql) => {
    const around = await split(`SELECT 'ü😀';\n${sql};\nSELECT 'last'`)
    expect(around).toEqual(["SELECT 'ü😀'", sql, "SELECT 'last'"])
  })

  test('begin and end with code, so that a ";" can be put behind them', async () => {
    expect(await split('/* a */ -- b\nSELECT 1 -- c\n; SELECT 2 /* d */ -- e')).toEqual([
      'SELECT 1',
      'SELECT 2',
    ])
  })

  test('are none in spaces, comments and lone semicolons', async () => {
    for (const sql of ['', ' \n', '-- a', '/* a */', ';;', '; -- a\n;']) {
      expect(await split(sql)).toEqual([])
    }
  })

  test.each(['\u00a0', '\u3000', '\u2028', '\u0085', '\ufeff', '\u200b'])(
    'have no other spaces around them than PostgreSQL knows: not %j',
    async (space) => {
      for (const sql of [`${space}SELECT 1`, `SELECT 1;${space}`, `SELECT 1${space};`, space]) {
        expect(await refusal(sql)).toMatchObject({ code: 'LIMBECK_SQL_SYNTAX' })
        const plain = splitPlain(sql, SOURCE)
        expect(plain?.map((one) => one.sql).join(';') ?? space).toContain(space)
      }
    },
  )

  test('know the line of their first token', async () => {
    const sql = '\n-- ü\nSELECT 1; SELECT 2;\n\n/* a\n */\nSELECT\n3;\nSELECT 4'
    const lines = (await splitSql(sql, { ...SOURCE, firstLine: 10 })).map(({ line }) => line)
    expect(lines).toEqual([12, 12, 16, 18])
  })

  test('of two megabytes are split in seconds', async () => {
    const insert = "INSERT INTO t VALUES (1, 'äbcdefghij');\n"
    expect(await split(insert.repeat(50_000))).toHaveLength(50_000)
  })

  test.each([
    ['SELECT 1', { is: 'plain' }],
    ['SAVEPOINT a', { is: 'inside' }],
    ['ROLLBACK TO a', { is: 'inside' }],
    ['ANALYZE t', { is: 'plain' }],
    ['CLUSTER t', { is: 'plain' }],
    ['REINDEX TABLE t', { is: 'plain' }],
    ['REINDEX (CONCURRENTLY false) INDEX i', { is: 'plain' }],
    ['DROP INDEX i', { is: 'plain' }],
    ['CREATE INDEX i ON t (a)', { is: 'plain' }],
    ['REFRESH MATERIALIZED VIEW CONCURRENTLY v', { is: 'plain' }],
    ["ALTER TYPE e ADD VALUE 'x'", { is: 'plain' }],
    ["CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = off)", { is: 'plain' }],
    ['BEGIN', { is: 'transaction', does: 'begin' }],
    ['START TRANSACTION', { is: 'transaction', does: 'begin' }],
    ['COMMIT', { is: 'transaction', does: 'commit' }],
    ['END', { is: 'transaction', does: 'commit' }],
    ['ABORT', { is: 'transaction', does: 'rollback' }],
    ['COMMIT AND CHAIN', { is: 'transaction', does: 'other' }],
    ["PREPARE TRANSACTION 'x'", { is: 'transaction', does: 'other' }],
    ["COMMIT PREPARED 'x'", { is: 'autocommit', doneBefore: '42704' }],
    ['VACUUM', { is: 'autocommit' }],
    ['CLUSTER', { is: 'autocommit' }],
    ['DISCARD ALL', { is: 'unlocks' }],
    ['SELECT pg_advisory_unlock_all()', { is: 'unlocks' }],
    ['CALL p()', { is: 'call' }],
    ['DO $$ BEGIN END $$', { is: 'call' }],
    ['CREATE DATABASE d', { is: 'autocommit', doneBefore: '42P04' }],
    ['ALTER DATABASE d SET TABLESPACE t', { is: 'autocommit' }],
    ['ALTER SYSTEM SET a = 1', { is: 'autocommit' }],
    ['REINDEX SCHEMA s', { is: 'autocommit' }],
    [
      'ALTER TABLE a DETACH PARTITION s.b CONCURRENTLY',
      { is: 'detach', parent: '"a"', partition: '"s"."b"' },
    ],
    ["SET TIME ZONE 'UTC'", { is: 'session' }],
    ['SET ROLE a', { is: 'session' }],
    ['RESET ALL', { is: 'session' }],
    ["SELECT pg_catalog.set_config('a.b', 'c', false)", { is: 'session' }],
    ["SELECT set_config('a.b', 'c', true)", { is: 'plain' }],
    ['SELECT pg_advisory_lock(1)', { is: 'session' }],
    ['LISTEN a', { is: 'session' }],
    ['SET LOCAL work_mem = 64', { is: 'inside' }],
    ['SET TRANSACTION READ ONLY', { is: 'inside' }],
    ['LOCK TABLE t', { is: 'inside' }],
    ['SET CONSTRAINTS ALL DEFERRED', { is: 'inside' }],
    ['DECLARE c CURSOR FOR SELECT 1', { is: 'inside' }],
    ['DECLARE c CURSOR WITH HOLD FOR SELECT 1', { is: 'temporary', untilCommit: false }],
    ['PREPARE p AS SELECT 1', { is: 'temporary', untilCommit: false }],
    ['CREATE TEMP TABLE t (a int)', { is: 'temporary', untilCommit: false }],
    ['CREATE TEMP TABLE t (a int) ON COMMIT DROP', { is: 'temporary', untilCommit: true }],
    ['CREATE TABLE pg_temp.t AS SELECT 1', { is: 'temporary', untilCommit: false }],
    ['SELECT 1 INTO TEMP t', { is: 'temporary', untilCommit: false }],
    [
      "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
      { is: 'autocommit', doneBefore: '42710' },
    ],
    ['ALTER SUBSCRIPTION s REFRESH PUBLICATION', { is: 'autocommit' }],
  ])('%s is %j', async (sql, expected) => {
    expect(await kind(sql)).toEqual(expected)
  })

  test.each([
    ['CREATE INDEX CONCURRENTLY i ON s.t (a)', 'create', 's', 'i', 't'],
    ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I" ON t (a)', 'create', null, 'I', 't'],
    ['CREATE INDEX CONCURRENTLY ON t (a)', 'create', null, null, 't'],
    ['DROP INDEX CONCURRENTLY IF EXISTS s.i', 'drop', 's', 'i', null],
    ['DROP INDEX CONCURRENTLY i', 'drop', null, 'i', null],
    ['REINDEX INDEX CONCURRENTLY s.i', 'reindex', 's', 'i', null],
    ['REINDEX (CONCURRENTLY) TABLE s.t', 'reindex', 's', null, 't'],
    ['REINDEX SCHEMA CONCURRENTLY s', 'reindex', 's', null, null],
  ])('%s is a concurrent index', async (sql, action, schema, name, table) => {
    expect(await kind(sql)).toEqual({ is: 'concurrent-index', action, schema, name, table })
  })

  test.each([
    ['SELECT 1;\n\\i other.sql', 2, '"\\i" is a command of psql'],
    ['\\copy t from x', 1, '"\\copy" is a command of psql'],
    ['SELECT 1;\nCOPY t FROM STDIN;', 2, 'COPY from STDIN'],
    ['COPY t TO STDOUT', 1, 'COPY from STDIN or to STDOUT'],
    ["SELECT 1;\nCOPY t (a) FROM stdin;\n1\tit's\n\\.\n", 2, 'COPY from STDIN'],
  ])('%j is refused as what only a client can do', async (sql, line, fact) => {
    const error = await refusal(sql)
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_FILE', details: { line } })
    expect(error.message).toContain(fact)
  })

  test('with a syntax error name line, statement and state', async () => {
    const error = await refusal("SELECT '😀é;'; -- a\n\nSELECT FROM WHERE;\nSELECT 2")
    expect(error).toMatchObject({
      code: 'LIMBECK_SQL_SYNTAX',
      message: 'aaa.sql:3: syntax error at or near "WHERE"',
      details: { line: 3, statement: 'SELECT FROM WHERE', sqlstate: '42601', file: SOURCE.file },
    })
    const long = await refusal(`SELECT ${'1, '.repeat(500)} FROM FROM`)
    expect(long.details.statement.length).toBeLessThan(310)
  })
})

describe('the parts of SQL text', () => {
  test('hold the comments that PostgreSQL sees', async () => {
    const pieces = ["'", "''", '"', '$$', '$a$', '--', '/*', '*/', '\n', '\\', "E'", "U&'"]
    // No digit before a quote: a number cannot stand there, and PostgreSQL cuts it off differently.
    const words = ['a', '1 ', ' ', ';', '-', '/', '*', '+', '$', '_', "e'", "xe'", 'é']
    const text = fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 14 })
    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const sql = parts.join('')
        const theirs = await scan(sql).catch(() => undefined)
        if (theirs === undefined) return
        const ours = [...sqlParts(sql)].filter(({ kind: one }) => one.endsWith('comment'))
        const bytes = (index: number) => Buffer.byteLength(sql.slice(0, index))
        expect(ours.map(({ start, end }) => [bytes(start), bytes(end)])).toEqual(
          theirs.tokens
            .filter(({ tokenName }) => tokenName.endsWith('COMMENT'))
            .map(({ start, end }) => [start, end]),
        )
      }),
      { ...seeded, numRuns: 1000 },
    )
  })

  test('give the statement around a place', () => {
    const sql = "SELECT ';'; -- a\nSELECT 2 /* ; */; SELECT 3"
    expect(statementAround(sql, sql.indexOf('2'))).toBe('SELECT 2')
    expect(statementAround(sql, sql.length)).toBe('SELECT 3')
  })
})

describe('without the grammar', () => {
  const common = [
    'CREATE TABLE "a;b" (id int DEFAULT 1, note text DEFAULT \';\')',
    "CREATE UNIQUE INDEX i ON t (a) WHERE b = ';'",
    'CREATE MATERIALIZED VIEW v AS SELECT 1',
    'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$',
    "COMMENT ON TABLE t IS 'one; two'",
    'ALTER TABLE t /* ; */ ADD COLUMN c int',
    "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'",
    "INSERT INTO t VALUES (1, 'it''s;')",
    'WITH moved AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM moved',
    'UPDATE t SET a = 1',
    "SET LOCAL statement_timeout = '5s'",
    'DO $$ BEGIN PERFORM 1; END $$',
    'SELECT 1',
  ]

  test('what migrations are mostly made of is cut, and as the grammar cuts it', async () => {
    const sql = `-- ü\n${common.join(';\n\n-- note\n')};\n`
    const found = splitPlain(sql, { ...SOURCE, firstLine: 3 })
    expect(found?.map((one) => one.sql)).toEqual(common)
    const cut = await splitSql(sql, { ...SOURCE, firstLine: 3 })
    // What they are, the grammar alone tells; in a transaction all of these are alike.
    expect(found).toEqual(cut.map((one) => ({ ...one, kind: { is: 'plain' } })))
  })

  test.each([
    'CREATE INDEX CONCURRENTLY i ON t (a)',
    'DROP INDEX CONCURRENTLY i',
    'ALTER TABLE t DETACH PARTITION p CONCURRENTLY',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)',
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
    'ALTER SYSTEM SET work_mem = 1',
    'CREATE DATABASE d',
    'REINDEX DATABASE d',
    'VACUUM t',
    'COMMIT',
    'BEGIN',
    'COPY t FROM STDIN',
    '\\d',
  ])('%s is left to the grammar', (sql) => {
    expect(splitPlain(`SELECT 1; ${sql};`, SOURCE)).toBeNull()
  })
})
