import { readdir, readFile } from 'node:fs/promises'
import { createMigrator, initDb } from 'limbeck'
import { onTestFinished, test } from 'vitest'
import * as models from '../../drizzle/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { readCatalog } from './catalog.ts'

const head = '6e90d4b7a1c8'
const baseline = '3135632d55e1'

function migratorOf({ url }: TestDatabase) {
  const migrator = createMigrator({ url, migrations: 'migrations', models })
  onTestFinished(() => migrator.close())
  return migrator
}

test('create-all and the chain from base end in the same catalog, seed rows included', async ({
  expect,
}) => {
  const [created, chained] = [await createDatabase(), await createDatabase()]
  const fresh = await initDb({ url: created.url, migrations: 'migrations', models })
  expect(fresh).toMatchObject({ outcome: 'created', from: [], to: [head] })
  expect(fresh.applied).toEqual(['8d3e5a1f6c20', '2f6a81c09d35'])
  await initDb({ url: chained.url, migrations: 'migrations', models, fresh: 'chain' })
  const catalog = await readCatalog(created)
  expect(await readCatalog(chained)).toEqual(catalog)
  expect(catalog.roles.map((role: { name: string }) => role.name)).toEqual([
    'analyst',
    'steward',
    'viewer',
  ])
})

test('head, base and head again leave the same catalog', async ({ expect }) => {
  const database = await createDatabase()
  const migrator = migratorOf(database)
  await migrator.upgrade('heads')
  const before = await readCatalog(database)
  await migrator.downgrade('base')
  expect(await readCatalog(database)).toMatchObject({ columns: [], types: [], indexes: [] })
  await migrator.upgrade('heads')
  expect(await readCatalog(database)).toEqual(before)
})

test('a database made by create-all goes down to base and up again too', async ({ expect }) => {
  const database = await createDatabase()
  await initDb({ url: database.url, migrations: 'migrations', models })
  const before = await readCatalog(database)
  const migrator = migratorOf(database)
  await migrator.downgrade('base')
  await migrator.upgrade('heads')
  expect(await readCatalog(database)).toEqual(before)
})

test('every single step can be undone and done again', async ({ expect }) => {
  const database = await createDatabase()
  const migrator = migratorOf(database)
  const revisions = (await migrator.history({ range: 'base:e03c7b5d1f92' })).toReversed()
  expect(revisions).toHaveLength(8)
  for (const { revision, parents } of revisions) {
    const before = await readCatalog(database)
    await migrator.upgrade(revision)
    const after = await readCatalog(database)
    await migrator.downgrade(parents[0] ?? 'base')
    expect(await readCatalog(database)).toEqual(before)
    await migrator.upgrade(revision)
    expect(await readCatalog(database)).toEqual(after)
  }
})

test('rows live through the history, and the backfill decides by their tags', async ({
  expect,
}) => {
  const database = await createDatabase()
  const migrator = migratorOf(database)
  await migrator.upgrade(baseline)
  await database.query(`
    INSERT INTO teams (name) VALUES ('data');
    INSERT INTO roles VALUES ('viewer', 'Our own words');
    INSERT INTO data_products (name, tags, owner_team_id)
    SELECT 'product ' || n, CASE WHEN n % 3 = 0 THEN '["personal-data"]' ELSE '["open"]' END::jsonb, teams.id
    FROM teams, generate_series(1, 2500) AS n`)
  await migrator.upgrade('heads')
  expect(
    await database.query(`
      SELECT requires_approval, status::text, count(*)::int FROM data_products GROUP BY 1, 2 ORDER BY 1`),
  ).toEqual([
    { requires_approval: false, status: 'draft', count: 1667 },
    { requires_approval: true, status: 'draft', count: 833 },
  ])
  expect(await database.query(`SELECT description FROM roles WHERE name = 'viewer'`)).toEqual([
    { description: 'Our own words' },
  ])
})

test('roles in use outlive the downgrade that takes the default roles away', async ({ expect }) => {
  const database = await createDatabase()
  const migrator = migratorOf(database)
  await migrator.upgrade('heads')
  await database.query(`
    INSERT INTO teams (name) VALUES ('data');
    INSERT INTO data_products (name, owner_team_id) SELECT 'p', id FROM teams;
    INSERT INTO subscriptions (data_product_id, team_id, role_name)
    SELECT p.id, t.id, 'analyst' FROM data_products p, teams t`)
  await migrator.downgrade('4c1d0e8a9b77')
  expect(await database.query('SELECT name FROM roles')).toEqual([{ name: 'analyst' }])
  await migrator.upgrade('heads')
  expect(await database.query('SELECT name FROM roles ORDER BY 1')).toHaveLength(3)
})

test('a database from before the migrations is refused, stamped, and then upgraded with its rows', async ({
  expect,
}) => {
  const database = await createDatabase()
  const file = (await readdir('migrations')).find((name) => name.startsWith(baseline))
  const sql = await readFile(`migrations/${file}`, 'utf8')
  await database.query(sql.slice(sql.indexOf('-- +upgrade'), sql.indexOf('-- +downgrade')))
  await database.query(`
    INSERT INTO teams (name) VALUES ('data');
    INSERT INTO data_products (name, owner_team_id) SELECT 'old', id FROM teams`)
  const before = await readCatalog(database)
  const options = { url: database.url, migrations: 'migrations', models }
  await expect(initDb(options)).rejects.toMatchObject({ code: 'LIMBECK_LEGACY_DATABASE' })
  expect(await readCatalog(database)).toEqual(before)
  await migratorOf(database).stamp(baseline)
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', from: [baseline], to: [head] })
  expect(await database.query('SELECT name, status::text FROM data_products')).toEqual([
    { name: 'old', status: 'draft' },
  ])
})
