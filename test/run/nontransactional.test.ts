import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, keepLog, type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { until } from '../support/until.ts'

const none = ['transaction: none']

async function withRows(rows: number): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  const up = `CREATE TABLE t (id int PRIMARY KEY, v int, n int NOT NULL DEFAULT 0);\nINSERT INTO t SELECT i, i % 7 FROM generate_series(1, ${rows}) i;`
  await folder.sql('aaa1', { up, down: 'DROP TABLE t;' })
  return folder
}

const invalidIndexes = (database: TestDatabase) =>
  database.query('SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid')

test('CREATE INDEX CONCURRENTLY runs, and its history and progress rows are in order', async () => {
  const [database, folder] = [await createDatabase(), await withRows(100)]
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);',
    down: 'DROP INDEX CONCURRENTLY t_v;',
  })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  expect((await migrator.upgrade()).to).toEqual(['bbb2'])
  expect(await database.query('SELECT * FROM limbeck_progress')).toEqual([])
  expect(
    await database.query(
      `SELECT direction, transactional FROM limbeck_history WHERE revision = 'bbb2'`,
    ),
  ).toEqual([{ direction: 'upgrade', transactional: false }])
  await migrator.downgrade('aaa1')
  expect(await database.query(`SELECT to_regclass('t_v') AS i`)).toEqual([{ i: null }])
})

test('waiting processes do not deadlock with CREATE INDEX CONCURRENTLY', async () => {
  const [database, folder] = [await createDatabase(), await withRows(20_000)]
  const options = { url: database.url, migrations: folder.path }
  await initDb(options)
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);\nCREATE INDEX CONCURRENTLY t_n ON t (n);',
    down: 'SELECT 1;',
  })
  const reports = await Promise.all(Array.from({ length: 8 }, () => initDb(options)))
  expect(reports.filter(({ outcome }) => outcome === 'upgraded')).toHaveLength(1)
  expect(await invalidIndexes(database)).toEqual([])
})

test('a step whose third statement fails is resumed there, once the file is mended', async () => {
  const [database, folder, logger] = [await createDatabase(), await withRows(10), keepLog()]
  const options = { url: database.url, migrations: folder.path }
  const up = (last: string) =>
    `INSERT INTO t VALUES (100, 1);\nCREATE INDEX CONCURRENTLY t_v ON t (v);\n${last}`
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: up('UPDATE t SET nope = 1;'),
    down: 'SELECT 1;',
  })
  const error = await failure(initDb(options))
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { line: 10, sqlstate: '42703', applied: ['aaa1'] },
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: up('UPDATE t SET v = 0;'),
    down: 'SELECT 1;',
  })
  expect(await initDb({ ...options, logger })).toMatchObject({
    outcome: 'resumed',
    to: ['bbb2'],
    applied: ['bbb2'],
  })
  expect(logger.lines.find(({ message }) => message.includes('resuming'))).toMatchObject({
    facts: { done: 2 },
  })
  expect(await database.query('SELECT count(*)::int AS n FROM t WHERE v = 0')).toEqual([{ n: 11 }])
})

test('statements that are done may not change before the step is resumed', async () => {
  const [database, folder] = [await createDatabase(), await withRows(10)]
  const options = { url: database.url, migrations: folder.path }
  const write = (first: string) =>
    folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: `${first}\nSELECT 1/0;`,
      down: 'SELECT 1;',
    })
  await write('INSERT INTO t VALUES (100, 1);')
  await failure(initDb(options))
  await write('INSERT INTO t VALUES (200, 1);')
  expect((await failure(initDb(options))).code).toBe('LIMBECK_EDITED_REVISION')
})

test('a unique index that cannot be built leaves no INVALID index, and the next boot builds it', async () => {
  const [database, folder] = [await createDatabase(), await withRows(10)]
  const options = { url: database.url, migrations: folder.path }
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: none,
    up: 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_v ON t (v);',
    down: 'DROP INDEX t_v;',
  })
  const error = await failure(initDb(options))
  expect(error.details.sqlstate).toBe('23505')
  expect(await invalidIndexes(database)).toEqual([])
  await database.query('UPDATE t SET v = id')
  expect((await initDb(options)).outcome).toBe('resumed')
  expect(
    await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass"),
  ).toEqual([{ indisvalid: true }])
})

test('a downgrade that was interrupted is finished by the next boot, which then upgrades again', async () => {
  const [database, folder] = [await createDatabase(), await withRows(10)]
  const options = { url: database.url, migrations: folder.path }
  const write = (last: string) =>
    folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'ALTER TABLE t ADD COLUMN x int;',
      down: `ALTER TABLE t DROP COLUMN x;\n${last}`,
    })
  await write('SELECT 1/0;')
  await initDb(options)
  await failure(createMigrator(options).downgrade('aaa1'))
  await write('SELECT 1;')
  expect(await initDb(options)).toMatchObject({
    outcome: 'resumed',
    to: ['bbb2'],
    applied: ['bbb2', 'bbb2'],
  })
  expect(await database.query('SELECT count(x)::int AS n FROM t')).toEqual([{ n: 0 }])
})

describe('kill -9', () => {
  const child = (database: TestDatabase, folder: RevisionFolder) =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { initDb } from ${JSON.stringify(new URL('../../dist/lib/index.js', import.meta.url).href)}
await initDb({ url: ${JSON.stringify(database.url)}, migrations: ${JSON.stringify(folder.path)} })`,
      ],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { ...process.env, PAUSE: '200' },
        stdio: 'inherit',
      },
    )

  test('during CREATE INDEX CONCURRENTLY: the next boot ends with one valid index', async () => {
    const [database, folder] = [await createDatabase(), await withRows(1_000)]
    const options = { url: database.url, migrations: folder.path }
    await initDb(options)
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: none,
      up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);',
      down: 'DROP INDEX t_v;',
    })
    // An old snapshot keeps the build waiting, so that it is surely interrupted in the middle.
    const old = postgres(database.url, { max: 1 })
    await old.unsafe('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await old.unsafe('SELECT count(*) FROM t')
    const killed = child(database, folder)
    await until(async () => (await invalidIndexes(database)).length > 0)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND datname = current_database()`,
    )
    await old.end()
    expect(await initDb(options)).toMatchObject({ outcome: 'resumed', applied: ['bbb2'] })
    expect(await invalidIndexes(database)).toEqual([])
    expect(
      await database.query(
        `SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 't'::regclass`,
      ),
    ).toEqual([{ n: 2 }])
  })

  test('during a backfill: it goes on where it was, no row twice and none missed', async () => {
    const [database, folder] = [await createDatabase(), await withRows(3_000)]
    const options = { url: database.url, migrations: folder.path }
    await initDb(options)
    await folder.ts(
      'bbb2',
      `
export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const transaction = 'none'
export async function upgrade(ctx) {
  await ctx.backfill({ table: 't', batchSize: 50, set: 'n = n + 1', pauseMs: Number(process.env.PAUSE ?? 0) })
  await ctx.backfill({ table: 't', batchSize: 50, set: 'n = n + 10', where: 'v = 0' })
}
export async function downgrade() {}
`,
    )
    for (let kills = 0; kills < 3; kills++) {
      const seen = await changed(database)
      const killed = child(database, folder)
      await until(async () => (await changed(database)) !== seen)
      killed.kill('SIGKILL')
      await once(killed, 'exit')
    }
    expect(await changed(database)).toBeLessThan(3_000)
    expect((await initDb(options)).outcome).toBe('resumed')
    expect(await database.query('SELECT n, count(*)::int FROM t GROUP BY n ORDER BY n')).toEqual([
      { n: 1, count: 2_572 },
      { n: 11, count: 428 },
    ])
  })

  const changed = async (database: TestDatabase) =>
    Number((await database.query('SELECT sum(n)::int AS n FROM t'))[0]?.n)
})

test('a stamp settles a step that was interrupted: the next boot is at head', async () => {
  const [database, folder] = [await createDatabase(), await withRows(10)]
  const options = { url: database.url, migrations: folder.path }
  await folder.sql('bbb2', { revises: 'aaa1', head: none, up: 'SELECT 1/0;', down: 'SELECT 1;' })
  await failure(initDb(options))
  const migrator = createMigrator(options)
  const { sql = '' } = await migrator.stamp('aaa1:bbb2', { sql: true })
  expect(sql).toContain('UPDATE')
  await migrator.stamp('bbb2')
  expect(await database.query('SELECT * FROM limbeck_progress')).toEqual([])
  expect(await initDb(options)).toMatchObject({ outcome: 'current', to: ['bbb2'] })
})
