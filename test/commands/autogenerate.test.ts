import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { failure, keepLog } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'

const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const posts = pg.pgTable('posts', { id: pg.serial().primaryKey(), title: pg.text() })

describe('what is written', () => {
  test('is what leads from the database to the models, and back', async () => {
    const { limbeck, text, query } = await project()
    const { revisions, warnings } = await limbeck({ users }).autogenerate({ message: 'First' })
    expect(warnings).toEqual([])
    expect(revisions).toMatchObject([{ stage: 'main', parents: [], dataLoss: [] }])
    const [{ revision, file } = { revision: '', file: '' }] = revisions
    expect(text(file)).toBe(`-- First
--
-- revision: ${revision}
-- revises:
-- created: ${/created: (.*)/.exec(text(file))?.[1]}
-- models: ${/models: ([0-9a-f]{16})\n/.exec(text(file))?.[1]}

-- +upgrade
CREATE TABLE "users" (
  "id" serial PRIMARY KEY,
  "name" text NOT NULL
);

-- +downgrade
-- data loss: all rows of "users"
DROP TABLE "users";
`)
    await limbeck({ users }).upgrade()
    expect(await query('SELECT id, name FROM users')).toEqual([])
  })

  test('is nothing when nothing differs', async () => {
    const { limbeck, files, reach } = await project()
    await reach({ users })
    expect(await limbeck({ users }).autogenerate({ message: 'none' })).toEqual({
      revisions: [],
      notTried: null,
      warnings: [],
    })
    expect(files()).toHaveLength(1)
  })

  test('is the same for the same input, byte by byte', async () => {
    const models = { users, posts, mood: pg.pgEnum('mood', ['sad', 'ok']) }
    const bodies = await Promise.all(
      [project(), project()].map(async (started) => {
        const { limbeck, text } = await started
        const { revisions } = await limbeck(models).autogenerate({ message: 'x', revId: 'a1' })
        return text(revisions[0]?.file ?? '').replace(/created: .*/, '')
      }),
    )
    expect(bodies[0]).toBe(bodies[1])
  })

  test('is a chain of files where one transaction cannot hold it, ids and place from the options', async () => {
    const { limbeck, text, reach, query } = await project()
    const mood = pg.pgEnum('mood', ['sad'])
    const wider = pg.pgEnum('mood', ['sad', 'ok'])
    const table = (type: typeof mood | typeof wider, more: boolean) =>
      pg.pgTable(
        'notes',
        { id: pg.serial().primaryKey(), mood: type().default(more ? ('ok' as 'sad') : 'sad') },
        (t) => (more ? [pg.index('notes_mood').on(t.mood)] : []),
      )
    await reach({ mood, notes: table(mood, false) })
    const models = { mood: wider, notes: table(wider, true) }
    const { revisions } = await limbeck(models).autogenerate({
      message: 'More',
      revId: 'b',
      branchLabel: 'moods',
    })
    expect(
      revisions.map(({ revision, parents, stage }) => [revision, parents.at(-1), stage]),
    ).toEqual([
      ['b', expect.stringMatching(/^[0-9a-f]{12}$/), 'enum values'],
      ['b_2', 'b', 'main'],
      ['b_3', 'b_2', 'online'],
    ])
    const [values = '', main = '', online = ''] = revisions.map(({ file }) => text(file))
    expect(values).toContain('-- More: enum values\n')
    expect(values).toContain('-- labels: moods\n')
    expect(main).not.toContain('labels')
    expect(online).toContain('-- transaction: none\n')
    expect(online).toContain('CREATE INDEX CONCURRENTLY "notes_mood" ON "notes" ("mood");')
    await limbeck(models).upgrade()
    await query('INSERT INTO notes DEFAULT VALUES')
    expect((await limbeck(models).diff()).changes).toEqual([])
    await query('DELETE FROM notes')
    await limbeck(models).downgrade('-3')
    expect((await limbeck({ mood, notes: table(mood, false) }).diff()).changes).toEqual([])
  })

  test('is all or nothing: a file in the way of the second takes the first back', async () => {
    const { limbeck, reach, files } = await project()
    await reach({ users })
    const [head = ''] = (await limbeck({}).heads()).map(({ revision }) => revision)
    await limbeck({}).revision({ message: 'x', head: 'base', revId: 'b_2' })
    await limbeck({}).stamp(['heads'])
    const before = files()
    const indexed = pg.pgTable(
      'users',
      { id: pg.serial().primaryKey(), name: pg.text().notNull(), age: pg.integer() },
      (t) => [pg.index().on(t.name)],
    )
    const options = { message: 'x', revId: 'b', head }
    const error = await failure(limbeck({ users: indexed }).autogenerate(options))
    expect(error.code).toBe('LIMBECK_DUPLICATE_REVISION')
    expect(files()).toEqual(before)
  })

  test('with transaction all is one revision, which can be run so', async () => {
    const { limbeck, reach } = await project({ transaction: 'all' })
    await reach({ users })
    const unique = pg.pgTable('users', {
      id: pg.serial().primaryKey(),
      name: pg.text().notNull().unique(),
    })
    await limbeck({ users: unique }).autogenerate({ message: 'unique' })
    expect((await limbeck({ users: unique }).upgrade()).applied).toHaveLength(1)
  })
})

describe('data loss', () => {
  test('is refused, listed and written only on request, with what an older build cannot stand', async () => {
    const { limbeck, reach, files, text } = await project()
    await reach({ users, posts })
    const error = await failure(limbeck({ users }).autogenerate({ message: 'drop' }))
    expect(error.code).toBe('LIMBECK_DATA_LOSS')
    expect(error.message).toContain('- all rows of "posts"')
    expect(error.details).toMatchObject({
      losses: ['all rows of "posts"'],
      hint: expect.stringContaining('--allow-data-loss'),
    })
    expect(files()).toHaveLength(1)
    const { revisions } = await limbeck({ users }).autogenerate({
      message: 'drop',
      allowDataLoss: true,
    })
    expect(revisions[0]?.dataLoss).toEqual(['all rows of "posts"'])
    const written = text(revisions[0]?.file ?? '')
    expect(written).toContain('-- compatible: no\n')
    expect(written).toContain('-- data loss: all rows of "posts"\nDROP TABLE "posts";')
    expect(written).toContain('-- the table comes back, its rows do not\nCREATE TABLE "posts"')
  })
})

describe('the database has to be at head', () => {
  test('an empty one is, before there is a revision, and is not afterwards', async () => {
    const { limbeck } = await project()
    await limbeck({ users }).autogenerate({ message: 'first' })
    const error = await failure(limbeck({ users }).autogenerate({ message: 'second' }))
    expect(error).toMatchObject({
      code: 'LIMBECK_NOT_AT_HEAD',
      details: { hint: expect.stringContaining('limbeck upgrade') },
    })
  })

  test('pending, foreign and unversioned databases are refused, diff takes them', async () => {
    const { limbeck, reach, query } = await project()
    await query('CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL)')
    const legacy = await failure(limbeck({ users }).autogenerate({ message: 'x' }))
    expect(legacy.code).toBe('LIMBECK_LEGACY_DATABASE')
    expect((await limbeck({ users }).diff()).changes).toEqual([])
    await query('DROP TABLE users')
    await reach({ users })
    await limbeck({ users }).revision({ message: 'empty' })
    const pending = await failure(limbeck({ users }).autogenerate({ message: 'x' }))
    expect(pending.code).toBe('LIMBECK_NOT_AT_HEAD')
    expect((await limbeck({ users, posts }).diff()).changes).toHaveLength(1)
  })

  test('without models there is nothing to compare', async () => {
    const { limbeck } = await project({ models: undefined })
    const error = await failure(limbeck({}).autogenerate({ message: 'x' }))
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  })

  test('models that export nothing are told', async () => {
    const logger = keepLog()
    const { limbeck } = await project({ logger })
    expect((await limbeck({}).diff()).changes).toEqual([])
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: 'the models export no table, view, enum or sequence' },
    ])
  })
})
