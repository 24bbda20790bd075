import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { readCatalog, readEverything } from '../support/catalog.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure, keepLog } from '../support/revisions.ts'
import { library, models } from './users-project.ts'

const versionRows = async (database: TestDatabase) =>
  (await database.query<{ version_num: string }>('SELECT * FROM limbeck_version ORDER BY 1')).map(
    ({ version_num }) => version_num,
  )

const history = (database: TestDatabase) =>
  database.query(
    'SELECT revision, direction, rows_before, rows_after FROM limbeck_history ORDER BY id',
  )

describe('a fresh database', () => {
  test('is created from the models, seeded and stamped, with a history line for each revision', async () => {
    const [database, folder, logger] = [await createDatabase(), await library(), keepLog()]
    const report = await initDb({ url: database.url, migrations: folder.path, models, logger })
    expect(report).toMatchObject({
      outcome: 'created',
      from: [],
      to: ['ccc3'],
      applied: ['ccc3'],
      stamped: ['aaa1', 'bbb2'],
    })
    expect(await versionRows(database)).toEqual(['ccc3'])
    expect(await database.query('SELECT * FROM books')).toEqual([
      { id: 1, title: 'The first book', status: 'draft' },
    ])
    expect(await history(database)).toEqual(
      ['aaa1', 'bbb2', 'ccc3'].map((revision) => ({
        revision,
        direction: 'create',
        rows_before: [],
        rows_after: ['ccc3'],
      })),
    )
    const outcomes = logger.lines.filter(({ facts }) => 'outcome' in facts)
    expect(outcomes).toMatchObject([{ level: 'info', facts: { outcome: 'created', to: ['ccc3'] } }])
  })

  test('is built by the chain without models, and when asked to, with the same catalog', async () => {
    const [one, two, three] = [
      await createDatabase(),
      await createDatabase(),
      await createDatabase(),
    ]
    const migrations = (await library()).path
    await initDb({ url: one.url, migrations, models })
    const byChain = await initDb({ url: two.url, migrations, models, fresh: 'chain' })
    const withoutModels = await initDb({ url: three.url, migrations })
    expect([byChain.outcome, withoutModels.outcome]).toEqual(['created', 'created'])
    expect(await readCatalog(two)).toEqual(await readCatalog(one))
    expect(await readCatalog(three)).toEqual(await readCatalog(one))
  })

  test('stays fresh while only extension members, other version tables and ignored tables are there', async () => {
    const database = await createDatabase()
    await database.query(`
      CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
      INSERT INTO alembic_version VALUES ('abc');
      CREATE TABLE spatial_cache (id int)`)
    const { outcome } = await initDb({
      url: database.url,
      migrations: (await library()).path,
      models,
      ignoreTables: ['spatial_*'],
    })
    expect(outcome).toBe('created')
  })

  test('is left without a trace of the models when a seed fails', async () => {
    const [database, folder] = [await createDatabase(), await library()]
    await folder.sql('ddd4', {
      revises: 'ccc3',
      head: ['fresh: run'],
      up: 'SELECT 1;\nSELECT 1/0;',
    })
    const error = await failure(initDb({ url: database.url, migrations: folder.path, models }))
    expect(error.code).toBe('LIMBECK_STEP_FAILED')
    expect(error.details).toMatchObject({ revision: 'ddd4', sqlstate: '22012', line: 9 })
    expect((await readCatalog(database)).join('\n')).not.toContain('books')
    expect(await versionRows(database)).toEqual([])
  })

  test('in another schema is created there, its tables of Limbeck too', async () => {
    const database = await createDatabase()
    const folder = await library()
    const options = { url: database.url, migrations: folder.path, schema: 'shop "1"' }
    await initDb({ ...options, models })
    expect(await database.query('SELECT title FROM "shop ""1""".books')).toHaveLength(1)
    expect(await database.query('SELECT * FROM "shop ""1""".limbeck_version')).toHaveLength(1)
    expect((await initDb({ ...options, models })).outcome).toBe('current')
  })
})

describe('a database with version rows', () => {
  test('is current at head and upgraded when it is behind, whatever order the files came in', async () => {
    const [database, folder, logger] = [await createDatabase(), await library(), keepLog()]
    const options = { url: database.url, migrations: folder.path, models }
    await initDb(options)
    expect(await initDb(options)).toMatchObject({ outcome: 'current', to: ['ccc3'], applied: [] })
    // An older date, an earlier name: the graph decides, not the clock or the file name.
    await folder.sql('0004', {
      revises: 'ccc3',
      head: ['created: 2001-01-01T00:00:00Z'],
      up: 'CREATE TABLE late (id int);',
    })
    expect(await initDb({ ...options, logger })).toMatchObject({
      outcome: 'upgraded',
      from: ['ccc3'],
      to: ['0004'],
      applied: ['0004'],
    })
    expect(logger.lines.filter(({ facts }) => facts.revision === '0004')).toMatchObject([
      { level: 'info', facts: { direction: 'upgrade', position: 1, total: 1 } },
    ])
    expect(await database.query('SELECT * FROM late')).toEqual([])
  })

  test("of Alembic is carried on in Alembic's own table", async () => {
    const [database, folder] = [await createDatabase(), await library()]
    await database.query(`
      CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
      INSERT INTO alembic_version VALUES ('aaa1');
      CREATE TABLE books (id integer PRIMARY KEY, title text NOT NULL)`)
    const options = { url: database.url, migrations: folder.path, versionTable: 'alembic_version' }
    expect(await initDb(options)).toMatchObject({
      outcome: 'upgraded',
      from: ['aaa1'],
      applied: ['bbb2', 'ccc3'],
    })
    expect(await database.query('SELECT * FROM alembic_version')).toEqual([{ version_num: 'ccc3' }])
    expect((await initDb(options)).outcome).toBe('current')
  })

  test('that is ahead compatibly is served with a warning, or refused by policy', async () => {
    const [database, newer, older] = [await createDatabase(), await library(), await library()]
    await newer.sql('ddd4', {
      revises: 'ccc3',
      head: ['compatible: yes'],
      up: 'CREATE TABLE later (id int);',
    })
    await initDb({ url: database.url, migrations: newer.path })
    const [logger, before] = [keepLog(), await readEverything(database)]
    const options = { url: database.url, migrations: older.path, logger }
    expect(await initDb(options)).toMatchObject({ outcome: 'ahead', to: ['ddd4'], applied: [] })
    expect(
      logger.lines.some(
        ({ level, message }) =>
          level === 'warn' && message.includes('limbeck downgrade --from-history ccc3'),
      ),
    ).toBe(true)
    const error = await failure(initDb({ ...options, ahead: 'refuse' }))
    expect(error.code).toBe('LIMBECK_DATABASE_AHEAD')
    expect(error.details.hint).toContain('limbeck downgrade --from-history ccc3')
    expect(await readEverything(database)).toEqual(before)
  })

  test.each(['create', 'upgrade'] as const)(
    'that a newer build broke for this one (by %s) is refused',
    async (how) => {
      const [database, newer, older] = [await createDatabase(), await library(), await library()]
      await newer.sql('ddd4', { revises: 'ccc3', head: ['compatible: no'], up: 'SELECT 1;' })
      await newer.sql('eee5', { revises: 'ddd4', head: ['compatible: yes'], up: 'SELECT 1;' })
      await initDb({
        url: database.url,
        migrations: newer.path,
        ...(how === 'create' ? { models } : {}),
      })
      const error = await failure(initDb({ url: database.url, migrations: older.path }))
      expect(error).toMatchObject({ code: 'LIMBECK_DATABASE_AHEAD', details: { revision: 'ddd4' } })
    },
  )
})

test('downgrade to base and upgrade to head leave the same catalog', async () => {
  const [database, folder] = [await createDatabase(), await library()]
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  await migrator.upgrade()
  const before = await readEverything(database)
  await migrator.downgrade('base')
  expect((await readCatalog(database)).join('\n')).not.toContain('books')
  await migrator.upgrade()
  const without = (facts: readonly string[]) =>
    facts.filter((fact) => !fact.startsWith('limbeck_history'))
  expect(without(await readEverything(database))).toEqual(without(before))
})
