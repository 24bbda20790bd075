import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'
import { tempFolder } from './temp-folder.ts'

const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const posts = pg.pgTable('posts', { id: pg.serial().primaryKey(), title: pg.text() })
const renamed = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  fullName: pg.text('full_name').notNull(),
})

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

describe('a rename', () => {
  test('is a question first, and a rename once it is answered: the values stay, up and down', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ users })
    await query("INSERT INTO users (name) VALUES ('Ada')")
    const error = await failure(limbeck({ users: renamed }).autogenerate({ message: 'rename' }))
    expect(error.code).toBe('LIMBECK_RENAME_QUESTION')
    expect(error.details.questions).toEqual([
      {
        kind: 'rename',
        of: 'column',
        from: 'users.name',
        to: ['users.full_name'],
        answers: ['--rename users.name=full_name', '--new users.full_name'],
      },
    ])
    await limbeck({ users: renamed }).autogenerate({
      message: 'rename',
      rename: 'users.name=full_name',
    })
    await limbeck({ users: renamed }).upgrade()
    expect(await query('SELECT full_name FROM users')).toEqual([{ full_name: 'Ada' }])
    expect((await limbeck({ users: renamed }).diff()).changes).toEqual([])
    await limbeck({ users: renamed }).downgrade('-1')
    expect(await query('SELECT name FROM users')).toEqual([{ name: 'Ada' }])
  })

  test('that is denied is a loss, for one name or for all', async () => {
    const { limbeck, reach } = await project()
    await reach({ users })
    for (const no of [{ new: 'users.full_name' }, { renames: false }]) {
      const { changes } = await limbeck({ users: renamed }).diff(no)
      expect(changes[0]?.dataLoss).toEqual(['all values of "users"."name"'])
    }
  })

  test('of a table and of a column in it take the names that the database has', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ users })
    await query("INSERT INTO users (name) VALUES ('Ada')")
    const people = pg.pgTable('people', {
      id: pg.serial().primaryKey(),
      fullName: pg.text('full_name').notNull(),
    })
    const rename = ['users=people', 'users.name=full_name']
    const [first] = (await failure(limbeck({ people }).diff())).details.questions ?? []
    expect(first?.answers).toContain('--rename users=people')
    const [second] =
      (await failure(limbeck({ people }).diff({ rename: 'users=people' }))).details.questions ?? []
    expect(second?.answers).toEqual(['--rename users.name=full_name', '--new people.full_name'])
    await limbeck({ people }).autogenerate({ message: 'people', rename })
    await limbeck({ people }).upgrade()
    expect(await query('SELECT full_name FROM people')).toEqual([{ full_name: 'Ada' }])
    expect((await limbeck({ people }).diff()).changes).toEqual([])
    await limbeck({ people }).downgrade('-1')
    expect((await limbeck({ users }).diff()).changes).toEqual([])
  })

  test.for([
    ['users.nme=full_name', 'the database has nothing of that name', 'Write it as'],
    [
      'users.name=fullname',
      'the models have no column users.fullname',
      "Did you mean 'full_name'?",
    ],
    ['users.id=full_name', 'the models still have the column users.id', 'Write it as'],
    ['posts=articles', 'the database has nothing of that name', 'Write it as'],
    ['users.name', 'the database has nothing of that name', 'Write it as'],
  ])('%s that cannot be meant is refused', async ([rename, fact, hint]) => {
    const { limbeck, reach } = await project()
    await reach({ users })
    const error = await failure(limbeck({ users: renamed }).diff({ rename }))
    expect(error.code).toBe('LIMBECK_INVALID_OPTION')
    expect(error.message).toBe(`--rename ${rename}: ${fact}`)
    expect(error.details.hint).toContain(hint)
  })

  test('that was answered is kept in the hints file and counts the next time, as long as it fits', async () => {
    const folder = tempFolder()
    const hints = join(folder, 'hints.json')
    const { limbeck, reach } = await project({ autogenerate: { hints } })
    await reach({ users })
    await limbeck({ users: renamed }).autogenerate({
      message: 'rename',
      rename: 'users.name=full_name',
    })
    expect(readFileSync(hints, 'utf8')).toBe('[\n  {"rename":"users.name=full_name"}\n]\n')
    const { changes } = await limbeck({ users: renamed }).diff()
    expect(changes[0]?.operations[0]).toMatchObject({ kind: 'rename' })
    await limbeck({ users: renamed }).upgrade()
    expect((await limbeck({ users: renamed }).diff()).changes).toEqual([])
    writeFileSync(hints, '{}')
    const error = await failure(limbeck({ users: renamed }).diff())
    expect(error).toMatchObject({ code: 'LIMBECK_INVALID_OPTION', details: { file: hints } })
  })

  test('is chosen by whoever is asked, one after the other', async () => {
    const { limbeck, reach } = await project()
    const [both, other] = ['one', 'two'].map((name) =>
      pg.pgTable('pairs', { a: pg.integer(`${name}_a`), b: pg.integer(`${name}_b`) }),
    )
    await reach({ both })
    const asked: string[] = []
    const { changes } = await limbeck({ other }).diff({
      ask: async ({ from, to }) => {
        asked.push(`${from}: ${to.join(', ')}`)
        return to.length - 1
      },
    })
    expect(asked).toEqual(['pairs.one_a: pairs.two_a, pairs.two_b', 'pairs.one_b: pairs.two_a'])
    expect(changes[0]?.sql).toBe(
      'ALTER TABLE "pairs" RENAME COLUMN "one_a" TO "two_b";\nALTER TABLE "pairs" RENAME COLUMN "one_b" TO "two_a";',
    )
  })
})

describe('a change of type without a cast', () => {
  const before = pg.pgTable('events', { id: pg.integer(), at: pg.integer() })
  const after = pg.pgTable('events', { id: pg.integer(), at: pg.timestamp() })

  test('is a question, and takes the answer', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ before })
    await query('INSERT INTO events VALUES (1, 86400)')
    const error = await failure(limbeck({ after }).autogenerate({ message: 'x' }))
    expect(error.code).toBe('LIMBECK_NO_CAST')
    expect(error.details.questions).toMatchObject([
      { kind: 'using', of: 'column events.at', from: 'integer' },
    ])
    await limbeck({ after }).autogenerate({
      message: 'x',
      using: `events.at=to_timestamp(at) AT TIME ZONE 'UTC'`,
    })
    await limbeck({ after }).upgrade()
    expect(await query('SELECT at::text FROM events')).toEqual([{ at: '1970-01-02 00:00:00' }])
    expect((await limbeck({ after }).diff()).changes).toEqual([])
    // The downgrade leads through text: with rows it takes somebody who knows what they mean.
    await query('DELETE FROM events')
    await limbeck({ after }).downgrade('-1')
    expect((await limbeck({ before }).diff()).changes).toEqual([])
  })

  test('is asked, and so is the downgrade', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ before })
    await query('INSERT INTO events VALUES (1, 86400)')
    const asked: unknown[] = []
    const ways = {
      there: `to_timestamp(at) AT TIME ZONE 'UTC'`,
      back: `extract(epoch FROM at)::integer`,
    }
    const { revisions } = await limbeck({ after }).autogenerate({
      message: 'x',
      askUsing: async ({ of, from, to }, way) => {
        asked.push(`${way}: ${of}, ${from}, ${to}`)
        return ways[way]
      },
    })
    expect(asked).toEqual([
      'there: column events.at, integer, timestamp without time zone',
      'back: column events.at, integer, timestamp without time zone',
    ])
    expect(revisions.map(({ dataLoss }) => dataLoss)).toEqual([[]])
    await limbeck({ after }).upgrade()
    await limbeck({ after }).downgrade('-1')
    expect(await query('SELECT * FROM events')).toEqual([{ id: 1, at: 86400 }])
  })

  test('an answer for a column whose type stays is refused', async () => {
    const { limbeck, reach } = await project()
    await reach({ before })
    const error = await failure(limbeck({ after }).diff({ using: 'events.ta=1' }))
    expect(error).toMatchObject({
      code: 'LIMBECK_INVALID_OPTION',
      details: { hint: "Did you mean 'events.at=…'?" },
    })
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

describe('settings', () => {
  test('include, exclude and ignoreTables leave objects alone on both sides', async () => {
    const { limbeck, query } = await project({
      autogenerate: { include: ['u*', 'kept', 'sh*.*'], exclude: ['*_old'] },
      ignoreTables: ['users_cache'],
    })
    await query('CREATE TABLE users_old (a int); CREATE TABLE users_cache (a int)')
    await query('CREATE TABLE strange (a int); CREATE TABLE kept (a int)')
    const { changes } = await limbeck({ users, posts }).diff()
    const kinds = changes[0]?.operations.map(({ kind }) => kind)
    expect(kinds?.toSorted()).toEqual(['create table', 'drop table'])
  })

  test('comparators may call equal what is spelled differently', async () => {
    const asked: unknown[] = []
    const { limbeck, query } = await project({
      autogenerate: {
        compareType: (before, after, place) => {
          asked.push([before, after, place])
          return true
        },
        compareDefault: () => true,
      },
    })
    await query("CREATE TABLE users (id serial PRIMARY KEY, name varchar(9) DEFAULT 'x' NOT NULL)")
    expect((await limbeck({ users }).diff()).changes).toEqual([])
    expect(asked).toContainEqual([
      'character varying(9)',
      'text',
      { table: 'users', column: 'name' },
    ])
  })

  test('a hook edits the operations of both bodies before they are judged and written', async () => {
    const stages: string[] = []
    const { limbeck, reach } = await project({
      autogenerate: {
        operations: (operations, { direction, stage }) => {
          stages.push(`${direction} ${stage}`)
          return operations.filter((each) => !each.kind.endsWith('table'))
        },
      },
    })
    await reach({ users })
    expect(await limbeck({ users, posts }).autogenerate({ message: 'x' })).toMatchObject({
      revisions: [],
    })
    expect(new Set(stages)).toEqual(new Set(['upgrade main', 'downgrade main']))
  })

  test('a function of the configuration that throws is named, and nothing is written', async () => {
    const fail = () => {
      throw new Error('cannot think')
    }
    const { url, root, reach, files } = await project()
    await reach({ users })
    const failing = (autogenerate: LimbeckOptions['autogenerate']) => {
      const migrations = join(root, 'migrations')
      const limbeck = createMigrator({ url, migrations, models: { users, posts }, autogenerate })
      return limbeck.autogenerate({ message: 'x' })
    }
    await expect(failing({ operations: fail })).rejects.toMatchObject({
      code: 'LIMBECK_HOOK_FAILED',
      message: 'autogenerate.operations threw: cannot think',
    })
    await expect(failing({ compareType: fail })).rejects.toMatchObject({
      message: 'autogenerate.compareType threw: cannot think',
    })
    const forgets = (() => undefined) as never
    await expect(failing({ operations: forgets })).rejects.toMatchObject({
      message: 'autogenerate.operations threw: it has to return the operations',
    })
    expect(files()).toHaveLength(1)
  })

  test('a scratch database may hold the models', async () => {
    const scratch = await createDatabase()
    const { limbeck, reach } = await project({ autogenerate: { shadowUrl: scratch.url } })
    await reach({ users })
    const { changes } = await limbeck({ users, posts }).diff()
    expect(changes[0]?.operations.map(({ kind }) => kind)).toEqual(['create table'])
    expect(await scratch.query('SELECT FROM pg_tables WHERE tablename = $$posts$$')).toEqual([])
  })

  test('schemas that revisions create are compared when no model names them any more', async () => {
    const { limbeck, reach } = await project()
    const shop = pg.pgSchema('shop')
    await reach({ shop, items: shop.table('items', { id: pg.integer() }) })
    const { changes } = await limbeck({}).diff()
    expect(changes[0]?.sql).toContain('DROP SCHEMA "shop"')
  })
})
