import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

// TRUNCATE takes the grammar; a message that has the server wait for a silent client is sent for as long as that parses.
const large = `CREATE TABLE t (a int);\nTRUNCATE t;\n${'INSERT INTO t VALUES (1), (2), (3);\n'.repeat(5_000)}`

/** What a run sends: when it is in silence, when it asks for the lock, and when it runs. */
async function watched(run: (url: string) => Promise<unknown>, url: string) {
  const seen: string[] = []
  const proxy = await startProxy(url, {
    onMessage: ({ text }) => {
      if (/set_config\(name, '\d{5,}ms'/.test(text)) seen.push('parses')
      if (text.includes('pg_try_advisory_lock')) seen.push('locks')
      if (text.includes('TRUNCATE t')) seen.push('runs')
    },
  })
  try {
    await run(proxy.url)
  } finally {
    await proxy.close()
  }
  return seen.filter((what, index) => what !== seen[index - 1])
}

test.each([
  ['a boot', (url: string, migrations: string) => initDb({ url, migrations })],
  [
    'the command',
    (url: string, migrations: string) => createMigrator({ url, migrations }).upgrade('head'),
  ],
])('%s parses a large file before it takes the lock, once', async (_, run) => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: large, down: 'DROP TABLE t;' })
  const seen = await watched((url) => run(url, folder.path), database.url)
  expect(seen).toEqual(['parses', 'locks', 'runs'])
  expect(await database.query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 15_000 }])
})

test('what has moved meanwhile is planned and parsed again', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: 'CREATE TABLE t (a int);', down: 'DROP TABLE t;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: large.replace('CREATE TABLE t (a int);', ''),
    down: 'SELECT 1;',
  })
  const other = createMigrator({ url: database.url, migrations: folder.path })
  let isFirst = true
  const proxy = await startProxy(database.url, {
    onMessage: async ({ text }) => {
      if (!isFirst || !text.includes('pg_try_advisory_lock')) return
      isFirst = false
      await other.upgrade('aaa1')
    },
  })
  try {
    const { applied } = await initDb({ url: proxy.url, migrations: folder.path })
    expect(applied).toEqual(['bbb2'])
  } finally {
    await proxy.close()
  }
  expect(await database.query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 15_000 }])
})

test('a mistake in a large file is told, and a database that is not ours before it', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: `${large}CREATE TABEL late ();`, down: 'DROP TABLE t;' })
  const options = { url: database.url, migrations: folder.path }
  expect(await failure(initDb(options))).toMatchObject({
    code: 'LIMBECK_SQL_SYNTAX',
    details: { statement: 'CREATE TABEL late ()' },
  })
  await database.query('CREATE TABLE another (a int)')
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEGACY_DATABASE')
})
