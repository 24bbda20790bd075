import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

const down = "INSERT INTO t VALUES ('é \\ ü');"

test.each([
  ['an encoding', "SET client_encoding = 'LATIN1';"],
  ['the names of an encoding', "SET NAMES 'SQL_ASCII';"],
  ['backslashes', 'SET standard_conforming_strings = off;'],
  ['a session that only reads', 'SET default_transaction_read_only = on;'],
  ['the isolation of sessions', "SET default_transaction_isolation = 'repeatable read';"],
  ['triggers that are off', 'SET session_replication_role = replica;'],
  ['row security that fails', 'SET row_security = off;'],
  ['a language for messages', "SET lc_messages = 'C';\nSET client_min_messages = 'debug5';"],
  ['a date style', "SET datestyle = 'German';\nSET intervalstyle = 'sql_standard';"],
])('whatever a body sets, its step is recorded as it is: %s', async (_, sets) => {
  for (const head of [['transaction: none'], []]) {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    await folder.sql('aaa1', { up: 'CREATE TABLE t (s text);', down: 'DROP TABLE t;' })
    await folder.sql('bbb2', { revises: 'aaa1', head, up: sets, down })
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: "INSERT INTO t VALUES ('é \\');",
      down: 'SELECT 1;',
    })
    expect((await initDb({ url: database.url, migrations: folder.path })).applied).toHaveLength(3)
    const kept = await database.query(
      "SELECT downgrade_sql AS sql, age(now(), started_at) < interval '1 hour' AS is_now FROM limbeck_history WHERE revision = 'bbb2'",
    )
    expect(kept).toEqual([{ sql: down, is_now: true }])
    expect(await database.query('SELECT s FROM t')).toEqual([{ s: 'é \\' }])
  }
})
