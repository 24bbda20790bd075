import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'
import { endSleeping, sleeping, until, untilFound } from '../support/until.ts'

async function oneTable() {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  return folder
}

test('an enum value added in one revision is usable in the next, in one boot from base', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: `CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE t (m mood);` })
  await folder.sql('bbb2', { revises: 'aaa1', up: `ALTER TYPE mood ADD VALUE 'great';` })
  await folder.sql('ccc3', { revises: 'bbb2', up: `INSERT INTO t VALUES ('great');` })
  await initDb({ url: database.url, migrations: folder.path })
  expect(await database.query('SELECT * FROM t')).toEqual([{ m: 'great' }])
})

test('a table lock in the way is waited for in short tries, so that reads go on, and each try is logged', async () => {
  const [database, folder, logger] = [await createDatabase(), await oneTable(), keepLog()]
  const options = { url: database.url, migrations: folder.path, logger, lockTimeout: 100 }
  await initDb(options)
  await folder.sql('bbb2', { revises: 'aaa1', up: 'ALTER TABLE t ADD COLUMN x int;' })
  const holder = postgres(database.url, { max: 1 })
  await holder.unsafe('BEGIN')
  await holder.unsafe('SELECT * FROM t')
  const booting = initDb(options)
  await until(() => logger.lines.some(({ level }) => level === 'warn'))
  await database.query(`SET statement_timeout = '5s'; SELECT * FROM t`)
  await holder.unsafe('COMMIT')
  await holder.end()
  expect((await booting).applied).toEqual(['bbb2'])
  expect(logger.lines.find(({ level }) => level === 'warn')).toMatchObject({
    facts: { revision: 'bbb2', sqlstate: '55P03', attempt: 1 },
  })
})

test('a lock that stays is given up after lockRetryTimeout, with nothing changed', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  const options = {
    url: database.url,
    migrations: folder.path,
    lockTimeout: 50,
    lockRetryTimeout: 100,
  }
  await initDb(options)
  await folder.sql('bbb2', { revises: 'aaa1', up: 'ALTER TABLE t ADD COLUMN x int;' })
  const holder = postgres(database.url, { max: 1 })
  await holder.unsafe('BEGIN')
  await holder.unsafe('SELECT * FROM t')
  const error = await failure(initDb(options))
  await holder.end()
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { sqlstate: '55P03', revision: 'bbb2' },
  })
})

test('aborting cancels the running statement, rolls back and lets the lock go', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  await initDb({ url: database.url, migrations: folder.path })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE u (id int);\nSELECT pg_sleep(60);',
  })
  const stop = new AbortController()
  const booting = failure(
    initDb({ url: database.url, migrations: folder.path, signal: stop.signal }),
  )
  await untilFound(database, sleeping)
  stop.abort()
  const error = await booting
  expect(error).toMatchObject({ code: 'LIMBECK_CANCELLED', details: { revision: 'bbb2' } })
  expect(await database.query(`SELECT to_regclass('u') AS u`)).toEqual([{ u: null }])
  expect(
    await database.query(
      `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    ),
  ).toEqual([{ n: 0 }])
})

test('a connection that dies in the middle is an error with a code, and the next boot goes on', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  const options = { url: database.url, migrations: folder.path }
  await folder.sql('bbb2', { revises: 'aaa1', up: `SELECT pg_sleep(60);` })
  const booting = failure(initDb(options))
  await endSleeping(database)
  const error = await booting
  expect(['LIMBECK_CONNECTION_LOST', 'LIMBECK_STEP_FAILED']).toContain(error.code)
  expect(error.details.revision).toBe('bbb2')
  await folder.sql('bbb2', { revises: 'aaa1', up: `SELECT 1;` })
  expect((await initDb(options)).applied).toEqual(['bbb2'])
})

test('rows that somebody else moves under a step abort it', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  const options = { url: database.url, migrations: folder.path }
  await folder.sql('bbb2', { revises: 'aaa1', up: 'CREATE TABLE u (id int);' })
  await createMigrator(options).upgrade('aaa1')
  await folder.ts(
    'ccc3',
    `
export const revision = 'ccc3'
export const downRevision = 'bbb2'
export async function upgrade() {}
export async function downgrade() {}
`,
  )
  await database.query(`CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE limbeck_version SET version_num = 'bbb2x' WHERE version_num = 'bbb2'; END $$;
    CREATE EVENT TRIGGER meddler ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION meddle()`)
  const error = await failure(initDb(options))
  await database.query('DROP EVENT TRIGGER meddler')
  expect(error).toMatchObject({
    code: 'LIMBECK_VERSION_CONFLICT',
    details: { applied: [], revision: 'bbb2' },
  })
})

test('an irreversible revision refuses its downgrade before anything runs', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['irreversible: the old data is gone'],
    up: 'SELECT 1;',
  })
  await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT 1;' })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  await migrator.upgrade()
  const error = await failure(migrator.downgrade('aaa1'))
  expect(error.code).toBe('LIMBECK_IRREVERSIBLE')
  expect(error.message).toContain('the old data is gone')
  expect(await database.query('SELECT * FROM limbeck_version')).toEqual([{ version_num: 'ccc3' }])
})

test('downgrade SQL, hash and compatibility are kept in the history', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  await folder.sql('bbb2', {
    revises: 'aaa1',
    head: ['compatible: no'],
    up: 'SELECT 1;',
    down: 'SELECT 2;',
  })
  await initDb({ url: database.url, migrations: folder.path, applicationVersion: '1.2.3' })
  const [row] = await database.query(
    `SELECT downgrade_sql, compatible, length(hash) AS length, application_version, database_user, host IS NOT NULL AS host, duration_ms >= 0 AS timed FROM limbeck_history WHERE revision = 'bbb2'`,
  )
  expect(row).toEqual({
    downgrade_sql: 'SELECT 2;',
    compatible: false,
    length: 64,
    application_version: '1.2.3',
    database_user: 'postgres',
    host: true,
    timed: true,
  })
})

test('a target that does not exist, or a file that is wrong, leaves not even a table behind', async () => {
  const [database, folder] = [await createDatabase(), await oneTable()]
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  expect((await failure(migrator.upgrade('nope'))).code).toBe('LIMBECK_NO_SUCH_REVISION')
  expect((await failure(migrator.downgrade('aaa1'))).code).toBe('LIMBECK_NOT_APPLIED')
  expect((await migrator.downgrade('base')).applied).toEqual([])
  await folder.sql('bbb2', { revises: 'aaa1', up: 'CREATE TABLEX;' })
  expect((await failure(migrator.upgrade())).code).toBe('LIMBECK_SQL_SYNTAX')
  expect(
    await database.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
    ),
  ).toEqual([])
})
