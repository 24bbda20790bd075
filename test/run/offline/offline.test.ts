import { expect, test } from 'vitest'
import { readCatalog } from '../../support/catalog.ts'
import { psql } from '../../support/psql.ts'
import { failure, revisionFolder } from '../../support/revisions.ts'
import { pair, threeSteps } from './pair.ts'

test('linear history with a step outside transactions: up, part of the way down, and up again', async () => {
  const folder = await threeSteps()
  const { migrator, same, run } = await pair(folder.path, { applicationVersion: '1.2' })
  const online = [
    await migrator.upgrade(),
    await migrator.downgrade('aaa1'),
    await migrator.upgrade(),
    await migrator.downgrade('base'),
  ]
  expect(online.map(({ applied }) => applied.length)).toEqual([3, 2, 2, 3])
  await run((await migrator.upgrade('head', { sql: true })).sql)
  await run((await migrator.downgrade('ccc3:aaa1', { sql: true })).sql)
  await run((await migrator.upgrade('aaa1:head', { sql: true })).sql)
  await run((await migrator.downgrade('head:base', { sql: true })).sql)
  await same()
})

test('branches, a dependency and a merge', async () => {
  const folder = await revisionFolder()
  await folder.sql('a1', { up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' })
  await folder.sql('a2', {
    revises: 'a1',
    up: 'ALTER TABLE a ADD x int;',
    down: 'ALTER TABLE a DROP x;',
  })
  await folder.sql('b2', { revises: 'a1', up: 'CREATE TABLE b (id int);', down: 'DROP TABLE b;' })
  await folder.sql('c1', {
    head: ['depends-on: b2'],
    up: 'CREATE TABLE c (id int);',
    down: 'DROP TABLE c;',
  })
  await folder.sql('m3', { revises: 'a2, b2' })
  const { migrator, same, run } = await pair(folder.path)
  await migrator.upgrade('heads')
  await run((await migrator.upgrade('heads', { sql: true })).sql)
  await same()
})

test('transaction "all" is one transaction, and refuses what runs outside', async () => {
  const folder = await threeSteps()
  const { migrator } = await pair(folder.path, { transaction: 'all' })
  expect((await failure(migrator.upgrade('head', { sql: true }))).code).toBe(
    'LIMBECK_INVALID_OPTION',
  )
  const other = await revisionFolder()
  await other.sql('aaa1', { up: 'CREATE TABLE t (id int);' })
  await other.sql('bbb2', { revises: 'aaa1', up: 'CREATE TABLE u (id int);' })
  const all = await pair(other.path, { transaction: 'all' })
  const { sql = '' } = await all.migrator.upgrade('head', { sql: true })
  expect(sql.match(/^BEGIN;$/gm)).toHaveLength(2)
  await all.migrator.upgrade()
  await all.run(sql)
  await all.same()
})

test('another schema and a version table of its own: made as online, and no setting stays', async () => {
  const folder = await threeSteps()
  const options = { schema: 'My "app"', versionSchema: 'meta', versionTable: 'alembic_version' }
  const { online, offline, migrator, run } = await pair(folder.path, options)
  await migrator.upgrade()
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  const check = `DO $$ BEGIN IF current_user <> session_user OR current_setting('search_path') <> '"$user", public' OR current_setting('lock_timeout') <> '0' OR EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') THEN RAISE 'left behind'; END IF; END $$;`
  await run(`${sql}\n${check}\n`)
  expect(await readCatalog(offline)).toEqual(await readCatalog(online))
  const history =
    'SELECT revision, rows_before, rows_after, hash, database_user FROM meta.limbeck_history ORDER BY id'
  expect(await offline.query(history)).toEqual(await online.query(history))
})

test('with a role everything belongs to it, and the session has its own user back', async () => {
  const folder = await threeSteps()
  const { offline, migrator, run } = await pair(folder.path, { role: 'pg_database_owner' })
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  await run(`${sql}\nDO $$ BEGIN ASSERT current_user = session_user; END $$;\n`)
  expect(
    await offline.query(
      `SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
    ),
  ).toEqual([{ owner: 'pg_database_owner' }])
})

test('stamp: the same rows and history; ensure-version may be run again', async () => {
  const folder = await threeSteps()
  const { offline, migrator, same, run } = await pair(folder.path)
  await migrator.ensureVersion()
  const { sql: ensure } = await migrator.ensureVersion({ sql: true })
  await run(ensure)
  await run(ensure)
  await same()
  await migrator.stamp('bbb2')
  await migrator.stamp('aaa1')
  const { sql: stamp } = await migrator.stamp('bbb2', { sql: true })
  await run(stamp)
  await run((await migrator.stamp('bbb2:aaa1', { sql: true })).sql)
  await same()
  expect((await psql(offline, stamp ?? '')).stderr).toContain('version rows: aaa1')
})

test('same input, same bytes; nothing to do says so', async () => {
  const folder = await threeSteps()
  const { migrator } = await pair(folder.path)
  const scripts = [
    await migrator.upgrade('head', { sql: true }),
    await migrator.upgrade('head', { sql: true }),
  ]
  expect(scripts[0]?.sql).toBe(scripts[1]?.sql)
  expect(scripts[0]?.sql).toMatch(/^-- Upgrade from base to ccc3, generated by Limbeck\./)
  expect((await migrator.upgrade('ccc3:head', { sql: true })).sql).toBe(
    '-- Upgrade from ccc3: nothing to do.\n',
  )
})

test("this repository's own history from base", async () => {
  const { migrator, same, run } = await pair('migrations')
  await migrator.upgrade()
  await run((await migrator.upgrade('head', { sql: true })).sql)
  await same(['roles', 'data_products'])
  await migrator.downgrade('3135632d55e1')
  await run((await migrator.downgrade('head:3135632d55e1', { sql: true })).sql)
  await same(['roles'])
})
