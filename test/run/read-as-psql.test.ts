import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { revisionFolder } from '../support/revisions.ts'

const body = `INSERT INTO t VALUES (1, 'a\\\\b é');
SET standard_conforming_strings = off;
INSERT INTO t VALUES (2, 'a\\\\b'), (3, E'a\\\\b');
SET backslash_quote = on;
INSERT INTO t VALUES (4, E'a\\'b');
SET client_encoding = 'LATIN1';
INSERT INTO t VALUES (5, 'é');
RESET client_encoding;
RESET standard_conforming_strings;
INSERT INTO t VALUES (6, 'a\\\\b é');`

test('each statement is read as those before it say, in a transaction and without one, as by psql', async () => {
  const expected = await createDatabase()
  await expected.query('CREATE TABLE t (id int, s text)')
  expect(await psql(expected, `SET client_encoding = 'UTF8';\n${body}`)).toMatchObject({ code: 0 })
  const rows = await expected.query('SELECT * FROM t ORDER BY id')
  for (const head of [[], ['transaction: none']]) {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    await folder.sql('aaa1', { up: 'CREATE TABLE t (id int, s text);' })
    await folder.sql('bbb2', { revises: 'aaa1', head, up: body, down: '-- é\nSELECT 1;' })
    await folder.sql('ccc3', { revises: 'bbb2', up: "INSERT INTO t VALUES (7, 'é \\');" })
    await initDb({ url: database.url, migrations: folder.path })
    expect(await database.query('SELECT * FROM t ORDER BY id')).toEqual([
      ...rows,
      { id: 7, s: 'é \\' },
    ])
  }
})
