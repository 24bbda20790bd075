import { expect, test } from 'vitest'
import {
  type BootFinding,
  type BootOptions,
  createMigrator,
  initDb,
  type Logger,
} from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog, revisionFolder } from '../support/revisions.ts'

/** Everything that a fingerprint of the catalog covers. */
const up = `CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users);
CREATE INDEX orders_user ON orders (user_id);
CREATE VIEW names AS SELECT name FROM users;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SEQUENCE numbers;
CREATE TABLE events (at date) PARTITION BY RANGE (at);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();`

/** A database at head, the catalog of which a first boot has kept. */
async function kept() {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up })
  const options: BootOptions = { url: database.url, migrations: folder.path, drift: 'warn' }
  const boot = async (given: Partial<BootOptions> = {}) => {
    const [log, found] = [keepLog(), [] as BootFinding[]]
    let looked = () => {}
    const isLooked = new Promise<void>((resolve) => {
      looked = resolve
    })
    const debug: Logger['debug'] = (facts, message) => {
      log.debug(facts, message)
      if (message.includes('catalog')) looked()
    }
    const onFinding = (finding: BootFinding) => {
      found.push(finding)
      looked()
    }
    const logger = { ...log, debug }
    const report = await initDb({ ...options, logger, onFinding, ...given })
    if (given.drift !== 'off') await isLooked
    return { report, found, warned: log.lines.filter(({ level }) => level === 'warn') }
  }
  await boot()
  return { database, folder, options, boot, limbeck: createMigrator(options) }
}

test('a catalog that is as it was is no finding, and boots change nothing in it', async () => {
  const { database, boot } = await kept()
  const history = await database.query('SELECT * FROM limbeck_history')
  expect(history).toMatchObject([
    { revision: 'aaa1', catalog: expect.stringContaining('table users') },
  ])
  expect(await boot()).toMatchObject({ report: { outcome: 'current' }, found: [] })
  expect(await database.query('SELECT * FROM limbeck_history')).toEqual(history)
})

test.each([
  ['a table that was dropped', 'DROP TABLE orders', 'table orders is gone'],
  ['a table that was made', 'CREATE TABLE by_hand ()', 'table by_hand is new'],
  ['a column', 'ALTER TABLE users ADD COLUMN extra int', 'table users has changed'],
  ['a default', "ALTER TABLE users ALTER name SET DEFAULT 'x'", 'table users has changed'],
  ['an index', 'DROP INDEX orders_user', 'table orders has changed'],
  [
    'a constraint',
    'ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey',
    'table orders has changed',
  ],
  ['a policy', 'CREATE POLICY p ON users USING (true)', 'table users has changed'],
  ['row security', 'ALTER TABLE users ENABLE ROW LEVEL SECURITY', 'table users has changed'],
  [
    'a view',
    "CREATE OR REPLACE VIEW names AS SELECT 'x' || name AS name FROM users",
    'view names has changed',
  ],
  ['an enum value', "ALTER TYPE mood ADD VALUE 'so so'", 'enum mood has changed'],
  [
    'a domain',
    'ALTER DOMAIN positive DROP CONSTRAINT positive_check',
    'domain positive has changed',
  ],
  ['a sequence', 'ALTER SEQUENCE numbers INCREMENT 2', 'sequence numbers has changed'],
  [
    'a function',
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    'function f() has changed',
  ],
  ['a trigger', 'DROP TRIGGER touched ON users', 'trigger touched on users is gone'],
])('%s is told at head', async (_, statement, text) => {
  const { database, boot } = await kept()
  await database.query(statement.replace('DROP TABLE orders', 'DROP TABLE orders CASCADE'))
  const { report, found, warned } = await boot()
  expect(report.outcome).toBe('current')
  expect(found).toMatchObject([{ code: 'drift', revisions: ['aaa1'] }])
  expect(found[0]?.message).toContain(text)
  expect(warned).toHaveLength(1)
})

test.each([
  ['rows', "INSERT INTO users VALUES (1, 'a'); SELECT nextval('numbers')"],
  [
    'a partition',
    "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
  ],
  [
    'another schema',
    'CREATE SCHEMA audit; CREATE TABLE audit.log (); CREATE FUNCTION audit.f() RETURNS int LANGUAGE sql RETURN 1',
  ],
  ["another tool's ledger", 'CREATE TABLE knex_migrations (id int, name text, batch int)'],
  [
    "another service's version table",
    'CREATE TABLE orders_version (version_num varchar PRIMARY KEY)',
  ],
  ['privileges and comments', "GRANT SELECT ON users TO PUBLIC; COMMENT ON TABLE users IS 'x'"],
])('%s: no drift', async (_, statement) => {
  const { database, boot } = await kept()
  await database.query(statement)
  expect((await boot()).found).toEqual([])
})

test('what ignoreTables and autogenerate leave out is no drift', async () => {
  const { database, boot } = await kept()
  await database.query('CREATE TABLE job_1 (); CREATE TABLE tmp_x ()')
  const given = { ignoreTables: ['job_*'], autogenerate: { exclude: ['tmp_*'] } }
  expect((await boot(given)).found).toEqual([])
  expect((await boot()).found).toHaveLength(1)
})

test('a new head has a new fingerprint, and off looks at nothing', async () => {
  const { database, folder, boot } = await kept()
  await folder.sql('bbb2', { revises: 'aaa1', up: 'ALTER TABLE users ADD COLUMN extra int;' })
  expect(await boot()).toMatchObject({ report: { outcome: 'upgraded' }, found: [] })
  expect((await boot()).found).toEqual([])
  await database.query('ALTER TABLE users DROP COLUMN extra')
  expect((await boot({ drift: 'off' })).found).toEqual([])
  expect((await boot()).found).toMatchObject([{ code: 'drift', revisions: ['bbb2'] }])
})

test('check --database names all of it, and accepts it with --write', async () => {
  const { database, limbeck, boot } = await kept()
  await database.query('DROP TABLE orders; CREATE TABLE by_hand ()')
  const { findings } = await limbeck.check({ database: true })
  expect(findings.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ['drift', 'error', 'table by_hand is new'],
    ['drift', 'error', 'table orders is gone'],
  ])
  expect(await limbeck.check({ database: true, write: true })).toEqual({ findings: [], kept: true })
  expect((await limbeck.check({ database: true })).findings).toEqual([])
  expect((await boot()).found).toEqual([])
})

test('check --database compares with the chain where nothing is kept', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up })
  const options = { url: database.url, migrations: folder.path }
  await initDb(options)
  const check = async () => (await createMigrator(options).check({ database: true })).findings
  expect(await check()).toEqual([])
  await database.query(
    `DROP TABLE orders; ALTER TABLE users ADD COLUMN extra int; CREATE SCHEMA audit; CREATE TABLE audit.log ()`,
  )
  expect((await check()).map(({ code, message }) => [code, message])).toEqual([
    ['drift', 'only the database has column users.extra'],
    ['drift', 'only the chain has table orders'],
  ])
})

test('check --database of a database that is behind says so, and of an adopted one that nothing is kept', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path }
  const limbeck = createMigrator(options)
  await folder.sql('aaa1', { up: '' })
  await limbeck.stamp('head')
  const codes = async () =>
    (await limbeck.check({ database: true })).findings.map(({ code }) => code)
  expect(await codes()).toEqual(['drift-not-checked'])
  await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 1;' })
  expect(await codes()).toEqual(['behind'])
})

test('a role that may only read compares, and keeps nothing', async () => {
  const { database, boot } = await kept()
  await database.query(
    `UPDATE limbeck_history SET catalog = NULL; ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET default_transaction_read_only = on`,
  )
  expect(await boot({ mode: 'verify' })).toMatchObject({ found: [], warned: [] })
})
