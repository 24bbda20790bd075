import { customType, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

const citext = customType<{ data: string }>({ dataType: () => 'citext' })
const withMail = { users: pgTable('users', { id: integer().primaryKey(), mail: citext() }) }
const plain = { users: pgTable('users', { id: integer().primaryKey() }) }
const further = { users: pgTable('users', { id: integer().primaryKey(), extra: text() }) }

const warnings = (logger: ReturnType<typeof keepLog>) =>
  logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)

/** Revisions that lead to `withMail`; `fresh` says when an empty database is given the extension. */
async function mailByExtension(fresh: 'before' | 'run') {
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    head: [`fresh: ${fresh}`],
    up: 'CREATE EXTENSION citext;',
    down: 'DROP EXTENSION citext;',
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE users (id int PRIMARY KEY, mail citext);',
    down: 'DROP TABLE users;',
  })
  return folder
}

/** The models written as a revision, and the database that it was applied to. */
async function written(models: object) {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path }
  const migrator = createMigrator({ ...options, models: { ...models } })
  const { revisions } = await migrator.autogenerate({ message: 'first' })
  await migrator.upgrade()
  return { database, folder, options, head: revisions.at(-1)?.revision ?? '' }
}

async function bootFresh(migrations: string, models: object) {
  const [database, logger] = [await createDatabase(), keepLog()]
  const report = await initDb({ url: database.url, migrations, models: { ...models }, logger })
  return { database, report, warned: warnings(logger), logger }
}

describe('an empty database', () => {
  test('runs what says before, then the models, then what says run, and skips the rest', async () => {
    const folder = await mailByExtension('before')
    await folder.sql('ccc3', {
      revises: 'bbb2',
      head: ['fresh: run'],
      up: "INSERT INTO users VALUES (1, 'a');",
      down: 'DELETE FROM users;',
    })
    await folder.sql('ddd4', {
      revises: 'ccc3',
      head: ['fresh: skip'],
      up: 'UPDATE users SET id = id;',
      down: 'SELECT 1;',
    })
    const { database, report } = await bootFresh(folder.path, withMail)
    expect(report).toMatchObject({
      outcome: 'created',
      applied: ['aaa1', 'ccc3'],
      stamped: ['bbb2', 'ddd4'],
    })
    expect(await database.query("SELECT id FROM users WHERE mail = 'A'")).toEqual([{ id: 1 }])
  })

  test('is built by the revisions where create-all fails, with the reason', async () => {
    const folder = await mailByExtension('run')
    const { report, warned } = await bootFresh(folder.path, withMail)
    expect(report).toMatchObject({ outcome: 'created', applied: ['aaa1', 'bbb2'], stamped: [] })
    expect(warned.join('\n')).toContain('citext')
  })

  test.each([
    ['rows', 'INSERT INTO users VALUES (1);'],
    ['a function', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;'],
    ['a statement behind a comment', '/* a; b */ -- c;\nINSERT INTO users VALUES (1);'],
  ])('is built by the revisions where one has %s and says nothing', async (_, up) => {
    const { folder, head } = await written(plain)
    await folder.sql('seed', { revises: head, up, down: 'SELECT 1;' })
    const { report, warned } = await bootFresh(folder.path, plain)
    expect(report).toMatchObject({ outcome: 'created', applied: [head, 'seed'] })
    expect(warned).toHaveLength(1)
    expect(warned[0]).toContain('seed')
  })

  test('is built by the revisions where the models are others than they were written from', async () => {
    const { folder, head } = await written(plain)
    expect((await bootFresh(folder.path, plain)).report.stamped).toEqual([head])
    const { database, report, warned } = await bootFresh(folder.path, further)
    expect(report).toMatchObject({ outcome: 'created', applied: [head], to: [head] })
    expect(warned).toHaveLength(1)
    expect(await database.query("SELECT 1 FROM pg_attribute WHERE attname = 'extra'")).toEqual([])
  })

  test('is not made at all where the first revision builds nothing', async () => {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { head: ['models: 0123456789abcdef'] })
    const database = await createDatabase()
    const options = { url: database.url, migrations: folder.path, models: plain }
    expect((await failure(initDb(options))).code).toBe('LIMBECK_FRESH_UNPROVEN')
    expect(await database.query("SELECT 1 FROM pg_tables WHERE tablename = 'users'")).toEqual([])
  })
})

test('keys that may be corrected are no edit of an applied revision; what runs is', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path }
  const up = 'CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);'
  await folder.sql('aaa1', { up, down: 'DROP TABLE t;' })
  await initDb(options)
  const migrator = createMigrator(options)
  const head = ['fresh: skip', 'compatible: yes', 'models: 0123456789abcdef', 'labels: shop']
  await folder.sql('aaa1', { head, up, down: 'DROP TABLE t;' })
  await folder.sql('bbb2', { revises: 'aaa1' })
  expect((await migrator.upgrade()).to).toEqual(['bbb2'])
  await folder.sql('ccc3', { revises: 'bbb2' })
  for (const edit of [
    { up: `${up} -- more`, head },
    { up, head: [...head, 'irreversible: no'] },
  ]) {
    await folder.sql('aaa1', { ...edit, down: 'DROP TABLE t;' })
    expect((await failure(migrator.upgrade())).code).toBe('LIMBECK_EDITED_REVISION')
  }
})

test('a hash of the whole file, as older versions kept it, stays valid when keys are added', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const options = { url: database.url, migrations: folder.path }
  const file = await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  await initDb(options)
  const { readFile } = await import('node:fs/promises')
  const { hashText } = await import('../../src/script/hash.ts')
  const old = hashText(await readFile(file, 'utf8'))
  await database.query(`UPDATE limbeck_history SET hash = '${old}'`)
  await folder.sql('aaa1', {
    head: ['compatible: yes', 'fresh: skip'],
    up: 'CREATE TABLE t (id int);',
    down: 'DROP TABLE t;',
  })
  await folder.sql('bbb2', { revises: 'aaa1' })
  expect((await createMigrator(options).upgrade()).to).toEqual(['bbb2'])
})
