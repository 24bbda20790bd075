import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../../src/index.ts'
import { readCatalog, readEverything } from '../../support/catalog.ts'
import { createDatabase } from '../../support/postgres.ts'
import { psql, readState } from '../../support/psql.ts'
import { failure, type RevisionFolder, revisionFolder } from '../../support/revisions.ts'

/** Two databases and a migrator: one is migrated online, the other by the scripts. */
async function pair(migrations: string, options: Partial<LimbeckOptions> = {}) {
  const [online, offline] = [await createDatabase(), await createDatabase()]
  const migrator = createMigrator({ url: online.url, migrations, ...options })
  const same = async (tables: readonly string[] = []) =>
    expect(await readState(offline, tables)).toEqual(await readState(online, tables))
  const run = async (sql = '') => expect(await psql(offline, sql)).toEqual({ code: 0, stderr: '' })
  return { online, offline, migrator, same, run }
}

async function threeSteps(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none', 'compatible: no'],
    up: 'ALTER TABLE t ADD x int;\nCREATE INDEX CONCURRENTLY t_id ON t (id);',
    down: 'DROP INDEX CONCURRENTLY t_id;\nALTER TABLE t DROP x;',
  })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: 'CREATE VIEW v AS SELECT id FROM t;',
    down: 'DROP VIEW v;',
  })
  return folder
}

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
