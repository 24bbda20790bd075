import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, databaseUrl, onServer } from '../support/postgres.ts'
import { failure, keepLog, type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

const models = {
  books: pgTable('books', { id: integer().primaryKey(), title: text(), pages: integer() }),
}

/** A table, a column, a function, another column. */
async function library(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE books (id int PRIMARY KEY);' })
  await folder.sql('bbb2', { revises: 'aaa1', up: 'ALTER TABLE books ADD COLUMN title text;' })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: 'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
  })
  await folder.sql('ddd4', { revises: 'ccc3', up: 'ALTER TABLE books ADD COLUMN pages int;' })
  return folder
}

const withTitle = 'CREATE TABLE books (title text, id int PRIMARY KEY);'
const withFunction = `${withTitle} CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;`

async function legacy(folder: RevisionFolder, schema: string) {
  const database = await createDatabase()
  await database.query(schema)
  const { name: role } = await newRole(database, 'SUPERUSER')
  const options = {
    url: database.url,
    role,
    migrations: folder.path,
    models,
    legacy: 'detect',
  } as const
  // Of a role alone: tests of other files make some on the same server.
  const scratchDatabases = () =>
    onServer(
      (sql) =>
        sql`SELECT datname FROM pg_database WHERE datname LIKE 'limbeck_scratch_%' AND pg_get_userbyid(datdba) = ${role}`,
    )
  return { database, options, migrator: createMigrator(options), scratchDatabases }
}

describe('initDb() with legacy: detect', () => {
  test('adopts the revision whose schema equals the database, upgrades, and says so in the history', async () => {
    const { database, options, scratchDatabases } = await legacy(await library(), withTitle)
    const logger = keepLog()
    const report = await initDb({ ...options, logger })
    expect(report).toMatchObject({
      outcome: 'adopted',
      from: [],
      to: ['ddd4'],
      applied: ['ccc3', 'ddd4'],
    })
    expect(
      await database.query(
        'SELECT revision, direction, rows_before, rows_after, hash IS NOT NULL AS hashed FROM limbeck_history ORDER BY revision',
      ),
    ).toMatchObject([
      { revision: 'aaa1', direction: 'adopt', rows_before: [], rows_after: ['bbb2'], hashed: true },
      { revision: 'bbb2', direction: 'adopt' },
      { revision: 'ccc3', direction: 'upgrade' },
      { revision: 'ddd4', direction: 'upgrade' },
    ])
    expect(logger.lines.map(({ message }) => message)).toContain(
      'the schema of bbb2 equals the database',
    )
    expect((await initDb(options)).outcome).toBe('current')
    expect(await scratchDatabases()).toEqual([])
  })

  test('sees what models cannot say: functions, triggers, views', async () => {
    const { options } = await legacy(await library(), withFunction)
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: ['ddd4'] })
  })

  test('leaves extensions, ignored tables and version tables of others out of it', async () => {
    const { options } = await legacy(
      await library(),
      `${withFunction} CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE audit_1 (id int); CREATE TABLE alembic_version (version_num varchar PRIMARY KEY)`,
    )
    expect(await initDb({ ...options, ignoreTables: ['audit_*'] })).toMatchObject({
      applied: ['ddd4'],
    })
  })

  test('has the extensions that somebody made for the revisions to use, in their schema', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: 'CREATE TABLE books (title ext.citext PRIMARY KEY);' })
    const { options } = await legacy(
      folder,
      'CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE books (title ext.citext PRIMARY KEY)',
    )
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [] })
  })

  test('refuses when nothing equals it, with the nearest revision and every difference', async () => {
    const { database, options, scratchDatabases } = await legacy(
      await library(),
      'CREATE TABLE books (id int PRIMARY KEY, title varchar(10)); CREATE INDEX books_title ON books (title)',
    )
    const error = await failure(initDb(options))
    expect(error).toMatchObject({
      code: 'LIMBECK_LEGACY_DATABASE',
      message:
        'no revision has the schema of this database; nearest is bbb2 (revision bbb2), with 2 difference(s). Nothing was changed.',
      details: {
        revision: 'bbb2',
        detail:
          'column books.title differs: type is character varying(10) in the database and text in bbb2\nonly the database has index books_title on books',
        hint: expect.stringContaining('limbeck stamp bbb2'),
      },
    })
    expect(await database.query("SELECT 1 FROM pg_class WHERE relname LIKE 'limbeck%'")).toEqual([])
    expect(await scratchDatabases()).toEqual([])
  })

  test('refuses when data revisions stand between several that equal it', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: 'CREATE TABLE books (id int PRIMARY KEY);' })
    await folder.sql('bbb2', { revises: 'aaa1', up: '' })
    await folder.sql('ccc3', { revises: 'bbb2', up: 'UPDATE books SET id = id + 1;' })
    const { options } = await legacy(folder, 'CREATE TABLE books (id int PRIMARY KEY)')
    const error = await failure(initDb(options))
    expect(error).toMatchObject({
      code: 'LIMBECK_LEGACY_DATABASE',
      details: { revisions: ['bbb2', 'ccc3'] },
    })
    expect(error.details.hint).toContain('limbeck stamp bbb2`')
    expect(error.details.hint).toContain('limbeck stamp ccc3`')
  })

  test('takes the last of those with empty bodies, such as a merge', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: 'CREATE TABLE books (id int PRIMARY KEY);' })
    await folder.sql('bbb2', { revises: 'aaa1', up: '' })
    await folder.sql('ccc3', { revises: 'bbb2', up: 'ALTER TABLE books ADD COLUMN title text;' })
    const { options } = await legacy(folder, 'CREATE TABLE books (id int PRIMARY KEY)')
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: ['ccc3'] })
  })

  test('says which right is missing where no scratch database may be made', async () => {
    const { database, options } = await legacy(await library(), withTitle)
    const user = { name: `limbeck_detect_${database.name.slice(-6)}`, password: 'secret' }
    await onServer((sql) =>
      sql.unsafe(`CREATE ROLE ${user.name} LOGIN PASSWORD '${user.password}'`),
    )
    await database.query(
      `GRANT ALL ON SCHEMA public TO ${user.name}; GRANT ALL ON books TO ${user.name}`,
    )
    try {
      const error = await failure(
        initDb({ ...options, role: undefined, url: databaseUrl(database.name, user) }),
      )
      expect(error).toMatchObject({
        code: 'LIMBECK_PERMISSION_DENIED',
        details: { hint: expect.stringMatching(/CREATEDB.*shadowUrl/) },
      })
    } finally {
      await database.query(`DROP OWNED BY ${user.name}`)
      await onServer((sql) => sql.unsafe(`DROP ROLE ${user.name}`))
    }
  })

  test('of replicas that boot together, one adopts and the others wait or find it done', async () => {
    const { options } = await legacy(await library(), withTitle)
    const outcomes = (await Promise.all([1, 2, 3].map(() => initDb(options)))).map(
      ({ outcome }) => outcome,
    )
    const others = outcomes.filter((outcome) => outcome !== 'adopted')
    expect(others).toHaveLength(2)
    expect(['waited', 'current']).toEqual(expect.arrayContaining(others))
  })
})

describe('stamp with detect', () => {
  test('stamps what it finds and upgrades nothing; dryRun writes nothing', async () => {
    const { database, migrator } = await legacy(await library(), withTitle)
    expect(await migrator.stamp([], { detect: true, dryRun: true })).toMatchObject({ to: ['bbb2'] })
    expect(
      await database.query("SELECT 1 FROM pg_class WHERE relname = 'limbeck_version'"),
    ).toEqual([])
    expect(await migrator.stamp([], { detect: true })).toMatchObject({ from: [], to: ['bbb2'] })
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'bbb2' },
    ])
    expect(await database.query('SELECT DISTINCT direction FROM limbeck_history')).toEqual([
      { direction: 'adopt' },
    ])
  })

  test('replaces rows only with purge', async () => {
    const { migrator } = await legacy(await library(), withTitle)
    await migrator.stamp('aaa1')
    const error = await failure(migrator.stamp([], { detect: true }))
    expect(error).toMatchObject({
      code: 'LIMBECK_INVALID_OPTION',
      details: { hint: expect.stringContaining('--detect --purge') },
    })
    expect(await migrator.stamp([], { detect: true, purge: true })).toMatchObject({
      from: ['aaa1'],
      to: ['bbb2'],
    })
  })

  test('has nothing to say of an empty database', async () => {
    const { migrator } = await legacy(await library(), 'SELECT 1')
    expect((await failure(migrator.stamp([], { detect: true }))).message).toContain(
      'the database is empty',
    )
  })
})

test("another tool's ledger and schemas that no revision makes are not compared", async () => {
  const { database, options } = await legacy(await library(), withTitle)
  await database.query(
    'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text); CREATE TABLE _prisma_migrations (id text); CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY); CREATE VIEW other.v AS SELECT 1 AS n; CREATE FUNCTION other.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
  )
  expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: ['ccc3', 'ddd4'] })
})
