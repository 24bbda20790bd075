import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

const shop = pg.pgSchema('shop')
const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const orders = shop.table('orders', {
  id: pg.uuid().primaryKey().defaultRandom(),
  user: pg.integer().references(() => users.id),
  tags: pg.jsonb().default(sql`'{":a": "é"}'::jsonb`),
})
const models = { users, shop, orders }

/** Revisions of which one says what models cannot, and a database. */
async function project(options: Partial<LimbeckOptions> = {}) {
  const database = await createDatabase()
  const folder = await revisionFolder()
  await folder.sql('a1', { up: 'SELECT 1;' })
  await folder.sql('b1', {
    revises: 'a1',
    up: "INSERT INTO users (name) VALUES ('root');",
    head: ['fresh: run'],
  })
  const migrator = createMigrator({
    url: database.url,
    migrations: folder.path,
    models,
    ...options,
  })
  const found = async () => ({
    users: await database.query('SELECT name FROM users'),
    orders: await database.query('SELECT FROM shop.orders'),
    rows: (await migrator.status()).rows,
    history: await database.query('SELECT revision, direction FROM limbeck_history ORDER BY id'),
  })
  return { ...database, database, migrator, found }
}

const created = {
  users: [{ name: 'root' }],
  orders: [],
  rows: ['b1'],
  history: [
    { revision: 'a1', direction: 'create' },
    { revision: 'b1', direction: 'create' },
  ],
}

test('builds what the models say, runs what is marked fresh and stamps the head', async () => {
  const { migrator, found } = await project()
  expect(await migrator.createAll()).toEqual({
    to: ['b1'],
    applied: ['b1'],
    stamped: ['a1'],
    waitedMs: 0,
  })
  expect(await found()).toEqual(created)
  expect((await migrator.diff()).changes).toEqual([])
})

test('as a script for psql does the same, without a database to ask', async () => {
  const { migrator, found, database } = await project()
  const elsewhere = await project({ url: 'postgres://none.invalid/none' })
  const { sql: script } = await elsewhere.migrator.createAll({ sql: true })
  expect(await psql(database, script ?? '')).toEqual({ code: 0, stderr: '' })
  expect(await found()).toEqual(created)
  expect((await migrator.diff()).changes).toEqual([])
})

test.for([
  ['tables', 'CREATE TABLE strange (a int)'],
  [
    'version rows',
    "CREATE TABLE limbeck_version (version_num varchar); INSERT INTO limbeck_version VALUES ('a1')",
  ],
])('refuses a database with %s', async ([, statement = '']) => {
  const { migrator, query } = await project()
  await query(statement)
  const error = await failure(migrator.createAll())
  expect(error.code).toBe('LIMBECK_NOT_FRESH')
  expect(await query("SELECT FROM pg_tables WHERE tablename = 'users'")).toEqual([])
})

test('needs a revision to stamp and models to build', async () => {
  const empty = await revisionFolder()
  const { migrator } = await project({ migrations: empty.path })
  expect((await failure(migrator.createAll())).code).toBe('LIMBECK_FOLDER_EMPTY')
  const none = await project({ models: undefined })
  expect((await failure(none.migrator.createAll())).code).toBe('LIMBECK_INVALID_OPTION')
})
