import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { project } from './autogenerate-project.ts'

const one = (id: ReturnType<typeof pg.integer> | ReturnType<typeof pg.serial>, more = {}) => ({
  t: pg.pgTable('t', { id, n: pg.text() }),
  ...more,
})
const plain = () => pg.integer().notNull()
const kinds = {
  serial: () => one(pg.serial().notNull() as never),
  'identity, always': () => one(plain().generatedAlwaysAsIdentity() as never),
  'identity, by default': () => one(plain().generatedByDefaultAsIdentity() as never),
  'identity with options': () =>
    one(plain().generatedByDefaultAsIdentity({ name: 'own', startWith: 5, minValue: 3 }) as never),
  'a sequence': () =>
    one(plain().default(sql`nextval('numbers')`) as never, { numbers: pg.pgSequence('numbers') }),
  'another sequence': () =>
    one(plain().default(sql`nextval('others')`) as never, { others: pg.pgSequence('others') }),
}
type Kind = keyof typeof kinds

const all = Object.keys(kinds) as Kind[]
// There and back covers both ways of a pair.
const pairs = all.flatMap((from, at) => all.slice(at + 1).map((to) => [from, to] as const))

test.each(pairs)('numbers go on from %s to %s, and back', async (from, to) => {
  const { limbeck, reach, query } = await project()
  const next = async () => {
    const [row] = await query(`INSERT INTO t (n) VALUES ('x') RETURNING id`)
    return Number(row?.id)
  }
  await reach(kinds[from]())
  for (let row = 0; row < 9; row++) await next()
  const last = await next()
  await query('DELETE FROM t')
  await limbeck(kinds[to]()).autogenerate({ message: 'x', renames: false })
  await limbeck(kinds[to]()).upgrade()
  expect((await limbeck(kinds[to]()).diff({ renames: false })).changes).toEqual([])
  expect(await next()).toBe(last + 1)
  await query('DELETE FROM t')
  await limbeck(kinds[to]()).downgrade('-1')
  expect((await limbeck(kinds[from]()).diff({ renames: false })).changes).toEqual([])
  expect(await next()).toBe(last + 2)
})

test('a number that was set and not given away yet is the next one, and an unused sequence starts where it is told', async () => {
  const { limbeck, reach, query } = await project()
  await reach(kinds.serial())
  await query(`SELECT setval('t_id_seq', 500, false)`)
  await limbeck(kinds['identity, always']()).autogenerate({ message: 'x' })
  await limbeck(kinds['identity, always']()).upgrade()
  expect(await query(`INSERT INTO t (n) VALUES ('x') RETURNING id`)).toEqual([{ id: 500 }])

  const other = await project()
  await other.reach(kinds.serial())
  await other.limbeck(kinds['identity with options']()).autogenerate({ message: 'x' })
  await other.limbeck(kinds['identity with options']()).upgrade()
  expect(await other.query(`INSERT INTO t (n) VALUES ('x') RETURNING id`)).toEqual([{ id: 5 }])
})
