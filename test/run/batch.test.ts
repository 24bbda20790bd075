import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, keepLog, type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { endSleeping, until } from '../support/until.ts'

/** Revisions r01, r02 … in a chain, each of them a table of its name unless said. */
async function chain(count: number, bodies: Readonly<Record<string, string>> = {}) {
  const folder = await revisionFolder()
  for (let n = 1; n <= count; n++) await link(folder, n, bodies[id(n)])
  return folder
}

const id = (n: number) => `r${String(n).padStart(2, '0')}`

const link = (folder: RevisionFolder, n: number, up = `CREATE TABLE ${id(n)} (id int);`) =>
  folder.sql(id(n), { revises: n > 1 ? id(n - 1) : '', up })

async function tablesOf(database: TestDatabase) {
  const rows = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relname ~ '^[rx]\\d\\d$' ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

const historyOf = (database: TestDatabase) =>
  database.query<{ revision: string }>('SELECT revision FROM limbeck_history ORDER BY id')

test('a revision that fails in the middle of many is named by file and line; those before it are applied, none after', async () => {
  const failing = `CREATE TABLE x05 (id int);\nSELECT '🙂';\n\nINSERT INTO x05\nVALUES (nowhere);\nCREATE TABLE x06 (id int);`
  const [database, folder] = [await createDatabase(), await chain(9, { r05: failing })]
  const error = await failure(initDb({ url: database.url, migrations: folder.path }))
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: {
      revision: 'r05',
      applied: ['r01', 'r02', 'r03', 'r04'],
      statement: 'INSERT INTO x05\nVALUES (nowhere)',
      line: 11,
      sqlstate: '42703',
    },
  })
  expect(await tablesOf(database)).toEqual(['r01', 'r02', 'r03', 'r04'])
  expect(await database.query('SELECT * FROM limbeck_version')).toEqual([{ version_num: 'r04' }])
  expect(await historyOf(database)).toHaveLength(4)
})

test('an error without a position is told by the statement that raised it', async () => {
  const failing =
    'CREATE TABLE x05 (id int);\nCREATE TABLE r01 (id int);\nCREATE TABLE x06 (id int);'
  const [database, folder] = [await createDatabase(), await chain(6, { r05: failing })]
  const error = await failure(initDb({ url: database.url, migrations: folder.path }))
  expect(error.details).toMatchObject({
    revision: 'r05',
    statement: 'CREATE TABLE r01 (id int)',
    line: 8,
    sqlstate: '42P07',
  })
})

test('a step whose COMMIT fails keeps the steps after it from running, also those of another branch', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const deferred = `CREATE TABLE x01 (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO x01 VALUES (1), (1);`
  await folder.sql('aaa1', { up: deferred, head: ['labels: a'] })
  await folder.sql('bbb2', { up: 'CREATE TABLE x02 (id int);', head: ['labels: b'] })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  const plan = await migrator.upgrade('heads', { plan: true })
  const error = await failure(migrator.upgrade('heads'))
  const at = plan.applied.findIndex(({ revision }) => revision === 'aaa1')
  expect(error).toMatchObject({ details: { revision: 'aaa1', sqlstate: '23505' } })
  expect(await tablesOf(database)).toEqual(at === 0 ? [] : ['x02'])
})

test('rows that somebody else moves in the middle stop the run there', async () => {
  const [database, folder] = [await createDatabase(), await chain(6)]
  await createMigrator({ url: database.url, migrations: folder.path }).upgrade('r01')
  await database.query(`CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE limbeck_version SET version_num = 'other' WHERE version_num = 'r03'; END $$;
    CREATE EVENT TRIGGER meddler ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION meddle()`)
  const error = await failure(initDb({ url: database.url, migrations: folder.path }))
  await database.query('DROP EVENT TRIGGER meddler')
  expect(error).toMatchObject({
    code: 'LIMBECK_VERSION_CONFLICT',
    details: { revision: 'r03', applied: ['r02'] },
  })
  expect(await tablesOf(database)).toEqual(['r01', 'r02'])
})

test('a table lock in the way of one is waited for, and the rest goes on from there, each once', async () => {
  const [database, logger] = [await createDatabase(), keepLog()]
  const folder = await chain(1)
  const options = { url: database.url, migrations: folder.path, logger, lockTimeout: 50 }
  await initDb(options)
  await link(folder, 2)
  await link(folder, 3, 'ALTER TABLE r01 ADD COLUMN x int;')
  await link(folder, 4)
  const holder = postgres(database.url, { max: 1 })
  await holder.unsafe('BEGIN')
  await holder.unsafe('SELECT * FROM r01')
  const booting = initDb(options)
  await until(() => logger.lines.some(({ level }) => level === 'warn'))
  await holder.unsafe('COMMIT')
  await holder.end()
  expect((await booting).applied).toEqual(['r02', 'r03', 'r04'])
  expect(logger.lines.find(({ level }) => level === 'warn')?.facts).toMatchObject({
    revision: 'r03',
    sqlstate: '55P03',
  })
  const lines = await historyOf(database)
  expect(lines.map(({ revision }) => revision)).toEqual(['r01', 'r02', 'r03', 'r04'])
})

test('a run that dies in the middle leaves what was committed, and the next one goes on', async () => {
  const [database, folder] = [
    await createDatabase(),
    await chain(5, { r04: 'SELECT pg_sleep(60);' }),
  ]
  const options = { url: database.url, migrations: folder.path }
  const booting = failure(initDb(options))
  await endSleeping(database)
  const error = await booting
  expect(error.details).toMatchObject({ revision: 'r04', applied: ['r01', 'r02', 'r03'] })
  await link(folder, 4)
  expect((await initDb(options)).applied).toEqual(['r04', 'r05'])
})

test('settings that a body changes do not reach the next', async () => {
  const [database, folder] = [
    await createDatabase(),
    await chain(2, { r01: `SELECT set_config('search_path', '', false); SET lock_timeout = 0;` }),
  ]
  await initDb({ url: database.url, migrations: folder.path })
  expect(await tablesOf(database)).toEqual(['r02'])
})

test('a mistake that only PostgreSQL can see leaves nothing behind, not even of the files before it', async () => {
  const [database, folder] = [
    await createDatabase(),
    await chain(3, { r03: 'CREATE TABLE x (id int,, y int);' }),
  ]
  const error = await failure(initDb({ url: database.url, migrations: folder.path }))
  expect(error).toMatchObject({ code: 'LIMBECK_SQL_SYNTAX', details: { line: 7 } })
  const rows = await database.query(
    `SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  )
  expect(rows).toEqual([])
})

const moves = (database: TestDatabase) =>
  database.query<{ before: string; after: string }>(
    `SELECT rows_before::text AS before, rows_after::text AS after FROM limbeck_history ORDER BY id`,
  )

test.each([
  ['DEALLOCATE ALL;', 'says so itself'],
  ["DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;", 'says so in a block'],
  ['PREPARE limbeck_move AS SELECT 1;', 'takes the name'],
  ['DISCARD PLANS;', 'discards plans'],
])('a body that throws prepared statements away (%s: it %s) stops nothing', async (body) => {
  const [database, folder] = [await createDatabase(), await chain(7, { r02: body, r05: body })]
  const { applied } = await initDb({ url: database.url, migrations: folder.path })
  expect(applied).toHaveLength(7)
  expect(await moves(database)).toEqual([
    { before: '{}', after: '{r01}' },
    ...[1, 2, 3, 4, 5, 6].map((n) => ({ before: `{${id(n)}}`, after: `{${id(n + 1)}}` })),
  ])
})

test('prepared statements that an event trigger throws away stop nothing, and each step is recorded once', async () => {
  const [database, folder] = [await createDatabase(), await chain(6)]
  await createMigrator({ url: database.url, migrations: folder.path }).upgrade('r01')
  await database.query(`CREATE FUNCTION forget() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;
    CREATE EVENT TRIGGER forgetful ON ddl_command_end EXECUTE FUNCTION forget()`)
  const { applied } = await initDb({ url: database.url, migrations: folder.path })
  await database.query('DROP EVENT TRIGGER forgetful')
  expect(applied).toEqual(['r02', 'r03', 'r04', 'r05', 'r06'])
  expect(await moves(database)).toHaveLength(6)
})

test('a body finds no statement that was prepared before it, whichever kind it is', async () => {
  const [database, folder] = [await createDatabase(), await chain(4)]
  const none = `DO $$ BEGIN IF EXISTS (SELECT FROM pg_prepared_statements) THEN RAISE 'left behind'; END IF; END $$;`
  await folder.sql('r05', { revises: 'r04', up: `PREPARE mine AS SELECT 1;` })
  await folder.sql('r06', { revises: 'r05', up: none })
  await folder.sql('r07', { revises: 'r06', up: none, head: ['transaction: none'] })
  expect((await initDb({ url: database.url, migrations: folder.path })).applied).toHaveLength(7)
})
