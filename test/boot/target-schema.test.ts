import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase, databaseUrl, onServer } from '../support/postgres.ts'
import { revisionText } from '../support/revision-text.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

/** A database whose default search_path is this, and a folder with one revision that makes `orders`. */
async function working(searchPath: string, setup = '') {
  const database = await createDatabase()
  const { name } = new URL(database.url).pathname.match(/\/(?<name>.*)/)?.groups ?? {}
  await onServer((sql) => sql.unsafe(`ALTER DATABASE "${name}" SET search_path = ${searchPath}`))
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE orders (id int);', down: 'DROP TABLE orders;' })
  if (setup !== '') await database.query(setup)
  const where = async () =>
    (
      await database.query<{ at: string }>(
        "SELECT schemaname || '.' || tablename AS at FROM pg_tables WHERE schemaname !~ '^pg_|^information' ORDER BY 1",
      )
    ).map(({ at }) => at)
  return { database, where, options: { url: databaseUrl(name ?? ''), migrations: folder.path } }
}

test('is the first of the search_path that exists, and the log names it', async () => {
  const { options, where } = await working('app, public', 'CREATE SCHEMA app')
  const logger = keepLog()
  expect((await initDb({ ...options, logger })).outcome).toBe('created')
  expect(await where()).toEqual([
    'app.limbeck_history',
    'app.limbeck_progress',
    'app.limbeck_version',
    'app.orders',
  ])
  expect(logger.lines.map(({ message }) => message)).toContain(
    'the target schema is app: it comes first in the search_path',
  )
  expect((await initDb(options)).outcome).toBe('current')
  expect((await createMigrator(options).current()).rows).toEqual(['aaa1'])
})

test('with tables and no version row is legacy: no second, empty set is made elsewhere', async () => {
  const { options, where } = await working(
    'app, public',
    'CREATE SCHEMA app; CREATE TABLE app.orders ()',
  )
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEGACY_DATABASE')
  const { upgrade } = createMigrator(options)
  expect((await failure(upgrade())).code).toBe('LIMBECK_LEGACY_DATABASE')
  expect(await where()).toEqual(['app.orders'])
})

test('is the one of the URL, which the option overrules', async () => {
  const { options, where } = await working('public', 'CREATE SCHEMA b')
  const url = `${options.url}?schema=shop`
  expect((await initDb({ ...options, url })).outcome).toBe('created')
  expect(await where()).toContain('shop.orders')
  expect((await initDb({ ...options, url })).outcome).toBe('current')
  await initDb({ ...options, url, schema: 'other' })
  expect(await where()).toContain('other.orders')
  const fleet = await createMigrator(options).fleet('heads', {
    urls: [url, `${options.url}?schema=b`],
    create: true,
  })
  expect(fleet.members).toMatchObject([{ outcome: 'current' }, { outcome: 'created' }])
  expect(await where()).toContain('b.orders')
})

test('that is named and missing is created; an empty search_path leaves public', async () => {
  const named = await working('"My App"')
  expect((await initDb(named.options)).outcome).toBe('created')
  expect(await named.where()).toContain('My App.orders')
  const empty = await working("''")
  expect((await initDb(empty.options)).outcome).toBe('created')
  expect(await empty.where()).toContain('public.orders')
})

test('stays where the version rows are, with a warning', async () => {
  const { options, database, where } = await working('app, public')
  expect((await initDb({ ...options, schema: 'public' })).outcome).toBe('created')
  await database.query('CREATE SCHEMA app')
  const logger = keepLog()
  expect((await initDb({ ...options, logger })).outcome).toBe('current')
  expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
  expect(await where()).toContain('public.orders')
})

test('is not left for another where a revision points the search_path elsewhere', async () => {
  const { options, database, where } = await working('"$user", public', 'CREATE SCHEMA app')
  const folder = options.migrations
  const path = (to: string) =>
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = ${to}', current_database()); END $$;`
  const write = (id: string, revises: string, up: string) =>
    writeFile(join(folder, `${id}_test.sql`), revisionText(id, { revises, up, down: 'SELECT 1;' }))
  await write('bbb2', 'aaa1', path('app, public'))
  expect((await initDb(options)).outcome).toBe('created')
  expect((await initDb(options)).outcome).toBe('current')
  await write('ccc3', 'bbb2', `ALTER TABLE orders SET SCHEMA app; ${path('app')}`)
  expect((await initDb(options)).outcome).toBe('upgraded')
  for (const to of ['app', 'nowhere']) {
    await database.query(path(to))
    for (const run of [initDb(options), createMigrator(options).current()]) {
      const { code, message, details } = await failure(run)
      expect(code).toBe('LIMBECK_INVALID_OPTION')
      expect(message).toContain(
        `leads to schema ${to}, where no version row is; schema public has one: ccc3`,
      )
      expect(details.hint).toContain(`schema: "${to}", versionSchema: "public"`)
    }
  }
  await write('ddd4', 'ccc3', 'ALTER TABLE orders ADD COLUMN note text;')
  const said = { ...options, schema: 'app', versionSchema: 'public' }
  expect(await initDb(said)).toMatchObject({ outcome: 'upgraded', applied: ['ddd4'] })
  expect(await where()).toEqual([
    'app.orders',
    'public.limbeck_history',
    'public.limbeck_progress',
    'public.limbeck_version',
  ])
})

test('may be another, where the version rows of this one are not of these files', async () => {
  const { options, database } = await working('public', 'CREATE SCHEMA app')
  expect((await initDb(options)).outcome).toBe('created')
  await database.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app', current_database()); END $$`,
  )
  const folder = await revisionFolder()
  await folder.sql('eee5', { up: 'CREATE TABLE invoices (id int);', down: 'SELECT 1;' })
  expect((await initDb({ ...options, migrations: folder.path })).outcome).toBe('created')
})

test('given by the option is taken as it is', async () => {
  const { options, where } = await working('app, public', 'CREATE SCHEMA app')
  expect((await initDb({ ...options, schema: 'shop' })).outcome).toBe('created')
  expect(await where()).toContain('shop.orders')
})
