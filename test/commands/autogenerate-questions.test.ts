import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'
import { tempFolder } from './temp-folder.ts'

const users = pg.pgTable('users', { id: pg.serial().primaryKey(), name: pg.text().notNull() })
const renamed = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  fullName: pg.text('full_name').notNull(),
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
