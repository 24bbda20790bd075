import { sql } from 'drizzle-orm'
import { customType, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, type RevisionFolder, revisionFolder } from '../support/revisions.ts'

const roles = { roles: pgTable('roles', { name: text().primaryKey() }) }
const create = { up: 'CREATE TABLE roles (name text PRIMARY KEY);', down: 'DROP TABLE roles;' }
const seed = {
  revises: 'aaa1',
  up: "INSERT INTO roles VALUES ('a'), ('b');",
  down: 'TRUNCATE roles;',
}

async function checked(folder: RevisionFolder, options: Partial<LimbeckOptions>) {
  const { url } = await createDatabase()
  const migrator = createMigrator({ url, migrations: folder.path, ...options })
  await migrator.upgrade()
  const { findings } = await migrator.check()
  return findings.map(({ code, severity, revision }) => [code, severity, revision])
}

describe('rows of revisions', () => {
  test.each([
    ['run', []],
    ['skip', [['rows-differ', 'warning', 'bbb2']]],
    [
      null,
      [
        ['fresh-unsaid', 'warning', 'bbb2'],
        ['rows-differ', 'error', 'bbb2'],
      ],
    ],
  ] as const)(
    'are compared between the chain and create-all (fresh: %s)',
    async (use, expected) => {
      const folder = await revisionFolder()
      await folder.sql('aaa1', create)
      await folder.sql('bbb2', { ...seed, head: use === null ? [] : [`fresh: ${use}`] })
      expect(await checked(folder, { models: roles })).toEqual(expected)
    },
  )

  test('that are others each time are compared by what is not', async () => {
    const models = {
      a: pgTable('a', {
        id: uuid().primaryKey().defaultRandom(),
        name: text(),
        at: timestamp({ withTimezone: true }).defaultNow(),
        day: timestamp(),
      }),
      b: pgTable('b', {
        id: integer().primaryKey().generatedAlwaysAsIdentity(),
        a: uuid().references((): never => models.a.id as never),
      }),
    }
    const folder = await revisionFolder()
    await folder.sql('aaa1', {
      up: `CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, at timestamptz DEFAULT now(), day timestamp);
CREATE TABLE b (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a uuid CONSTRAINT b_a_a_id_fk REFERENCES a);`,
      down: 'DROP TABLE b, a;',
    })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: ['fresh: run'],
      up: "INSERT INTO a (name, day) VALUES ('x', clock_timestamp()); INSERT INTO b (a) SELECT id FROM a;",
      down: 'DELETE FROM b; DELETE FROM a;',
    })
    expect(await checked(folder, { models })).toEqual([])
  })
})

describe('a project whose empty databases are built by the revisions', () => {
  test('is green, whatever create-all would make', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', create)
    await folder.sql('bbb2', {
      ...seed,
      up: `${seed.up}\nCREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;`,
    })
    expect(await checked(folder, { models: roles, fresh: 'chain' })).toEqual([])
    expect(await checked(folder, { models: roles })).not.toEqual([])
  })

  test('is told when its chain fails on an empty database', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', create)
    const { url, query } = await createDatabase()
    await query('CREATE TABLE before_us ()')
    const options = { url, migrations: folder.path, models: roles, fresh: 'chain' } as const
    const migrator = createMigrator({ ...options, ignoreTables: ['before_us'] })
    await folder.sql('bbb2', { revises: 'aaa1', up: 'ALTER TABLE before_us ADD COLUMN x int;' })
    await migrator.upgrade()
    const { findings } = await migrator.check()
    expect(findings).toMatchObject([{ code: 'chain-fails', revision: 'bbb2' }])
  })
})

test('lint finds rows and code without fresh, where models are configured', async () => {
  const folder = await revisionFolder()
  await folder.sql('aaa1', create)
  await folder.sql('bbb2', seed)
  const url = 'postgres://none.invalid/none'
  const codes = async (options: Partial<LimbeckOptions>) => {
    const migrator = createMigrator({ url, migrations: folder.path, ...options })
    const { findings } = await migrator.lint({ all: true })
    return findings.filter(({ code }) => code === 'fresh-unsaid').map(({ revision }) => revision)
  }
  expect(await codes({ models: roles })).toEqual(['bbb2'])
  expect(await codes({ models: roles, fresh: 'chain' })).toEqual([])
  expect(await codes({})).toEqual([])
})

const typed = (type: string) => customType<{ data: string }>({ dataType: () => type })()
const table = (type: string) => ({
  t: pgTable('t', { id: integer().primaryKey(), x: typed(type) }),
})

describe('a create-all that lacks what a revision makes names the revision and the line', () => {
  test.each([
    ['an extension', 'CREATE EXTENSION citext;', table('citext'), 'citext'],
    ['a quoted extension', 'create extension if not exists "hstore";', table('hstore'), 'hstore'],
    ['a domain', 'CREATE DOMAIN positive AS int CHECK (VALUE > 0);', table('positive'), 'int'],
    ['a composite type', 'CREATE TYPE pair AS (a int, b int);', table('pair'), 'pair'],
    [
      'a function',
      "CREATE OR REPLACE FUNCTION code() RETURNS text LANGUAGE sql AS $$SELECT 'x'$$;",
      { t: pgTable('t', { id: integer().primaryKey(), x: text().default(sql`code()`) }) },
      'text DEFAULT code()',
    ],
    [
      'an operator class',
      'CREATE EXTENSION pg_trgm;',
      {
        t: pgTable('t', { id: integer().primaryKey(), x: text() }, (t) => [
          index('t_x').using('gin', sql`${t.x} gin_trgm_ops`),
        ]),
      },
      'text',
    ],
  ])('%s is named with its revision and line', async (_, made, models, type) => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: made, head: ['fresh: run'] })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      up: `CREATE TABLE t (id int PRIMARY KEY, x ${type});`,
    })
    const [{ url }, logger] = [await createDatabase(), keepLog()]
    const options = { url, migrations: folder.path, models }
    const error = await failure(createMigrator(options).createAll())
    expect(error.details.hint).toContain('Revision aaa1 has ')
    expect(error.details.hint).toContain('"-- fresh: before"')
    expect((await initDb({ ...options, logger })).outcome).toBe('created')
    const warned = logger.lines.filter(({ level }) => level === 'warn')
    expect(warned.map(({ message }) => message).join()).toContain('"-- fresh: before"')
  })

  test('and says so of one that makes tables too', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', {
      up: 'CREATE EXTENSION citext;\nCREATE TABLE t (id int PRIMARY KEY, x citext);',
    })
    const { url } = await createDatabase()
    const error = await failure(
      createMigrator({ url, migrations: folder.path, models: table('citext') }).createAll(),
    )
    expect(error.details.hint).toContain('a revision of its own')
  })

  test('check gives it as the hint of its finding', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: 'CREATE DOMAIN positive AS int;', head: ['fresh: run'] })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      up: 'CREATE TABLE t (id int PRIMARY KEY, x positive);',
    })
    const { url } = await createDatabase()
    const migrator = createMigrator({ url, migrations: folder.path, models: table('positive') })
    await migrator.upgrade()
    const { findings } = await migrator.check()
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'create-all-fails',
        hint: expect.stringContaining('Revision aaa1 has CREATE DOMAIN positive'),
      }),
    )
  })
})
