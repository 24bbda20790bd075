import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { index, integer, pgTable } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'
import { library, models, project, scratchDatabases } from './check-project.ts'

describe('models, chain and database that agree', () => {
  test('give no finding, and leave nothing behind on the server', async () => {
    const owner = await newRole(await createDatabase(), 'SUPERUSER')
    const { migrator, findings } = await project(await library(), { role: owner.name })
    await migrator.upgrade()
    expect(await findings()).toEqual([])
    expect(await scratchDatabases(owner.name)).toEqual([])
  })

  test('give none where other schemas, other version tables and the order of columns differ', async () => {
    const { database, migrator, findings } = await project(await library(), {
      schema: 'app',
      versionSchema: 'meta',
    })
    await migrator.upgrade()
    await database.query('CREATE TABLE public.alembic_version (version_num varchar PRIMARY KEY)')
    expect(await findings()).toEqual([])
  })
})

describe('models and database', () => {
  test('each object that differs is a finding that says what to type', async () => {
    const { database, migrator } = await project(await library())
    await migrator.upgrade()
    await database.query(
      'ALTER TABLE books DROP COLUMN pages, ALTER COLUMN title TYPE varchar(10), ADD COLUMN extra int; CREATE TABLE loose (id int)',
    )
    const { findings } = await migrator.check()
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'the models have column books.pages, the database has not',
        'the database has column books.extra, the models have not',
        'the database has table loose, the models have not',
        'column books.title differs: type is character varying(10) in the database, text in the models',
      ]),
    )
    expect(findings).toHaveLength(4)
    for (const finding of findings)
      expect(finding).toMatchObject({
        code: 'models-differ',
        severity: 'error',
        hint: expect.stringContaining('limbeck revision --autogenerate'),
      })
  })

  test('an index that differs is told by what is compared, once', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', {
      up: 'CREATE TABLE t (a integer); CREATE INDEX i ON t (a DESC NULLS LAST);',
    })
    const table = pgTable('t', { a: integer() }, (t) => [index('i').on(t.a)])
    const { migrator } = await project(folder, { models: { table }, fresh: 'chain' })
    await migrator.upgrade()
    const { findings } = await migrator.check()
    expect(findings.map(({ code, message }) => `${code} ${message}`)).toContain(
      'models-differ index i on t differs: definition is USING btree (a DESC NULLS LAST) in the database, USING btree (a) in the models',
    )
  })

  test('are not compared while the database is behind, empty or legacy, and that is said', async () => {
    const { database, migrator, findings } = await project(await library())
    expect(await findings()).toEqual([
      'skipped fresh-database: the database is empty: the models were not compared with it',
    ])
    await migrator.upgrade('aaa1')
    expect(await findings()).toEqual([
      'error behind: 1 revision is pending: bbb2; the models were not compared with it',
    ])
    await database.query('DELETE FROM limbeck_version')
    expect(await findings()).toEqual([
      'error legacy-database: schema public has 1 table(s) but no version row: books; the models were not compared with it',
    ])
  })

  test('models that fail to load are a finding, and the rest is checked all the same', async () => {
    const { migrator, findings } = await project(await library(), { models: 'gone/schema.ts' })
    expect(await findings()).toEqual([
      expect.stringContaining('error models-fail: schema.ts: '),
      expect.stringContaining('skipped fresh-database'),
    ])
    await migrator.upgrade()
    expect(await findings()).toHaveLength(1)
  })

  test('without models both comparisons are skipped', async () => {
    const { migrator, findings } = await project(await library(), { models: undefined })
    await migrator.upgrade()
    expect(await findings()).toEqual([expect.stringContaining('skipped no-models')])
  })
})

describe('revision files', () => {
  test('edited, missing and unknown ones are told apart', async () => {
    const folder = await library()
    const { database, migrator } = await project(folder, { models: undefined })
    await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT 1;' })
    await migrator.upgrade()
    await folder.sql('aaa1', { up: 'CREATE TABLE books (id int);', down: 'DROP TABLE books;' })
    await rm(join(folder.path, 'ccc3_test.sql'))
    const codes = async () =>
      (await migrator.check()).findings.map(({ code, severity, revision }) => [
        code,
        severity,
        revision,
      ])
    expect(await codes()).toEqual([
      ['no-models', 'skipped', undefined],
      ['missing-file', 'error', 'ccc3'],
    ])
    await database.query("UPDATE limbeck_version SET version_num = 'bbb2'")
    expect(await codes()).toEqual([
      ['no-models', 'skipped', undefined],
      ['edited-file', 'error', 'aaa1'],
      ['missing-file', 'warning', 'ccc3'],
    ])
    await database.query("UPDATE limbeck_version SET version_num = 'typo'")
    expect((await codes()).at(1)).toEqual(['phantom-row', 'error', 'typo'])
  })

  test('several heads are a finding with the merge to type', async () => {
    const folder = await library()
    await folder.sql('ccc3', { revises: 'aaa1', up: 'SELECT 1;', head: ['fresh: skip'] })
    const { migrator } = await project(folder)
    const { findings } = await migrator.check({ offline: true })
    expect(findings).toMatchObject([
      { code: 'several-heads', hint: expect.stringContaining('limbeck merge bbb2 ccc3') },
    ])
  })
})

test('the reference service agrees with itself', async () => {
  const { url } = await createDatabase()
  const migrator = createMigrator({ url, migrations: 'migrations', models: './drizzle/index.ts' })
  await migrator.upgrade()
  expect((await migrator.check()).findings).toEqual([])
})

test('offline needs no database', async () => {
  const folder = await library()
  const options = { url: 'postgres://none.invalid/none', migrations: folder.path, models }
  expect((await createMigrator(options).check({ offline: true })).findings).toEqual([])
  await writeFile(join(folder.path, 'schema.ts'), 'export const = 1')
  const broken = {
    ...options,
    migrations: (await library()).path,
    models: join(folder.path, 'schema.ts'),
  }
  expect((await createMigrator(broken).check({ offline: true })).findings).toMatchObject([
    { code: 'models-fail', file: broken.models, line: 1 },
  ])
})

test('tables without a version row are told where there is no revision yet', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await database.query('CREATE TABLE orders (id int)')
  const options = { url: database.url, migrations: folder.path }
  const { findings } = await createMigrator(options).check()
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'unversioned-database', severity: 'warning' }),
  )
})
