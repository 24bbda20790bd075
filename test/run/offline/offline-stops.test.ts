import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createMigrator } from '../../../src/index.ts'
import { readEverything } from '../../support/catalog.ts'
import { psql } from '../../support/psql.ts'
import { revisionFolder } from '../../support/revisions.ts'
import { pair, threeSteps } from './pair.ts'

test('run twice, or on a database that is elsewhere, a script fails at once and changes nothing', async () => {
  const folder = await threeSteps()
  const { offline, migrator, run } = await pair(folder.path)
  const [whole, range, down] = [
    await migrator.upgrade('head', { sql: true }),
    await migrator.upgrade('bbb2:head', { sql: true }),
    await migrator.downgrade('bbb2:base', { sql: true }),
  ].map(({ sql = '' }) => sql)
  const empty = await readEverything(offline)
  const early = await psql(offline, range ?? '')
  expect(early.code).toBe(3)
  expect(early.stderr).toContain('version rows: none; this part of the script is for: bbb2')
  expect(await readEverything(offline)).toEqual(empty)
  await run(whole)
  const before = await readEverything(offline)
  for (const flags of [['-v', 'ON_ERROR_STOP=1'], [], ['-v', 'AUTOCOMMIT=off']])
    for (const script of [whole, range, down])
      expect((await psql(offline, script ?? '', flags)).stderr).toContain('version rows: ccc3')
  expect(await readEverything(offline)).toEqual(before)
})

test('a step that fails stops the rest, also an independent branch and without ON_ERROR_STOP', async () => {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);' })
  await folder.sql('bbb2', { revises: 'aaa1', up: 'CREATE TABLE u (id int);\nSELECT 1/0;' })
  await folder.sql('001x', { up: 'CREATE TABLE x (id int);' })
  const { offline, migrator } = await pair(folder.path)
  const { sql = '' } = await migrator.upgrade('heads', { sql: true })
  expect(sql).not.toContain('\\set')
  expect(sql.indexOf('upgrade 001x')).toBeGreaterThan(sql.indexOf('upgrade bbb2'))
  await psql(offline, sql, [])
  expect(await offline.query('SELECT * FROM limbeck_version')).toEqual([{ version_num: 'aaa1' }])
  expect(await offline.query(`SELECT to_regclass('u') AS u, to_regclass('x') AS x`)).toEqual([
    { u: null, x: null },
  ])
})

test('a step outside transactions that was interrupted is resumed by an online run', async () => {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);\nINSERT INTO t VALUES (1), (1);' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none'],
    up: 'CREATE TABLE u (id int);\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);',
  })
  const { offline, migrator } = await pair(folder.path)
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  expect((await psql(offline, sql, [])).stderr).toContain('could not create unique index')
  expect((await psql(offline, sql)).stderr).toContain('a step was interrupted')
  await offline.query('DELETE FROM t')
  const report = await createMigrator({ url: offline.url, migrations: folder.path }).upgrade()
  expect(report.to).toEqual(['bbb2'])
  expect(
    await offline.query("SELECT indisvalid FROM pg_index WHERE indrelid = 't'::regclass"),
  ).toEqual([{ indisvalid: true }])
})

test.each([
  ['a function', 'SELECT in_tokyo();'],
  ['a block', "BEGIN;\nSELECT in_tokyo();\nSET LOCAL work_mem = '3MB';\nCOMMIT;"],
  ['a statement', "SET TIME ZONE 'Asia/Tokyo';"],
])(
  'what %s has set is there when an online run finishes an interrupted script',
  async (_, sets) => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', {
      up: `CREATE TABLE t (id int);
INSERT INTO t VALUES (1), (1);
CREATE FUNCTION in_tokyo() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', false); END $$;`,
    })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: ['transaction: none'],
      up: `${sets}\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\nCREATE TABLE seen AS SELECT current_setting('TimeZone') AS zone, current_setting('work_mem') AS memory;`,
    })
    const { offline, migrator } = await pair(folder.path)
    const { sql = '' } = await migrator.upgrade('head', { sql: true })
    expect((await psql(offline, sql)).stderr).toContain('could not create unique index')
    await offline.query('TRUNCATE t')
    await createMigrator({ url: offline.url, migrations: folder.path }).upgrade()
    expect(await offline.query('SELECT zone, memory FROM seen')).toEqual([
      { zone: 'Asia/Tokyo', memory: '4MB' },
    ])
  },
)

test('while somebody else holds the migration lock nothing is done', async () => {
  const folder = await threeSteps()
  const { offline, migrator } = await pair(folder.path)
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  const before = await readEverything(offline)
  const holder = postgres(offline.url, { max: 1 })
  await holder.unsafe(`SELECT pg_advisory_lock(${/xact_lock\((-?\d+)\)/.exec(sql)?.[1]})`)
  const { code, stderr } = await psql(offline, sql)
  await holder.end()
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('another process is migrating'),
  })
  expect(await readEverything(offline)).toEqual(before)
})
