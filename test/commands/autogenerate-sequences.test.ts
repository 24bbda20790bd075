import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
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

type Models = ReturnType<typeof one>

/** A column and the sequence behind it, in a database with a past. */
async function withPast(models: Models, byHand: string) {
  const { limbeck, reach, query } = await project()
  await reach(models)
  await query(byHand)
  const next = async (table = 't') => {
    const [row] = await query(`INSERT INTO ${table} (n) VALUES ('x') RETURNING id`)
    return Number(row?.id)
  }
  for (let row = 0; row < 9; row++) await next()
  return {
    next,
    query,
    /** There and back; nothing differs in between. */
    async change(after: Models, between: () => Promise<void>) {
      const answers = { message: 'x', renames: false, allowDataLoss: true }
      const { notTried } = await limbeck(after).autogenerate(answers)
      expect(notTried).toBeNull()
      await limbeck(after).upgrade()
      expect((await limbeck(after).diff({ renames: false })).changes).toEqual([])
      await between()
      await limbeck(after).downgrade('-1')
      expect((await limbeck(models).diff({ renames: false })).changes).toEqual([])
    },
  }
}

const shared = `nextval('t_id_seq')`
const alsoIn = (models: Models) =>
  Object.assign(models, {
    u: pg.pgTable('u', { id: pg.integer().default(sql.raw(shared)), n: pg.text() }),
  })

test.each(['identity, always', 'identity, by default'] as const)(
  'a default elsewhere goes on with the sequence of what becomes %s',
  async (kind) => {
    const { change, next } = await withPast(
      alsoIn(kinds.serial()),
      `CREATE SCHEMA o; CREATE TABLE o.u (id integer DEFAULT ${shared}, n text)`,
    )
    await change(alsoIn(kinds[kind]()), async () => {
      expect([await next(), await next('u'), await next('o.u')]).toEqual([10, 11, 12])
    })
    expect([await next(), await next('u'), await next('o.u')]).toEqual([13, 14, 15])
  },
)

test('a sequence that is still used elsewhere is not put back to the largest value', async () => {
  const { change, next, query } = await withPast(alsoIn(kinds.serial()), '')
  await change(alsoIn(one(plain() as never)), async () => {
    expect(await next('u')).toBe(10)
    await query('DELETE FROM t WHERE id > 5')
  })
  expect([await next(), await next('u')]).toEqual([11, 12])
})

test('a sequence that goes is asked about', async () => {
  for (const kind of ['serial', 'identity, always'] as const) {
    const { limbeck, reach } = await project()
    await reach(kinds[kind]())
    const { code, details } = await failure(
      limbeck(one(plain() as never)).autogenerate({ message: 'x' }),
    )
    expect(code).toBe('LIMBECK_DATA_LOSS')
    expect(details.losses).toEqual(['the position of the sequence "t_id_seq"'])
  }
})

test('a sequence of another name than its column is found', async () => {
  const { change, next } = await withPast(
    kinds.serial(),
    'ALTER SEQUENCE t_id_seq RENAME TO before_the_table_was_renamed',
  )
  await change(kinds['identity, always'](), async () => expect(await next()).toBe(10))
  expect(await next()).toBe(11)
})

test('a sequence of the models that a column owns by hand outlives the column', async () => {
  const { change, next, query } = await withPast(
    kinds['a sequence'](),
    'ALTER SEQUENCE numbers OWNED BY t.id',
  )
  await query('DELETE FROM t')
  await change(
    { t: pg.pgTable('t', { n: pg.text() }), numbers: pg.pgSequence('numbers') } as never,
    async () =>
      expect(await query('SELECT last_value::int FROM numbers')).toEqual([{ last_value: 9 }]),
  )
  expect(await next()).toBe(10)
  expect(await query(`SELECT pg_get_serial_sequence('t', 'id') AS owned`)).toEqual([
    { owned: 'public.numbers' },
  ])
})

test.each([
  [
    'the column, too',
    { t: pg.pgTable('t', { key: plain().generatedAlwaysAsIdentity(), n: pg.text() }) },
    't.id=key',
    't (n)',
    'key',
  ],
  [
    'the table, too',
    { u: pg.pgTable('u', { id: plain().generatedAlwaysAsIdentity(), n: pg.text() }) },
    't=u',
    'u (n)',
    'id',
  ],
  [
    'the schema, too',
    { t: pg.pgSchema('s').table('t', { id: plain().generatedAlwaysAsIdentity(), n: pg.text() }) },
    't=s.t',
    's.t (n)',
    'id',
  ],
])('numbers go on where the name changes: %s', async (_, after, rename, place, key) => {
  const { limbeck, reach, query } = await project()
  await reach(kinds.serial())
  await query(`INSERT INTO t (n) SELECT 'x' FROM generate_series(1, 9)`)
  await limbeck(after).autogenerate({ message: 'x', rename })
  await limbeck(after).upgrade()
  expect((await limbeck(after).diff()).changes).toEqual([])
  const [row] = await query(`INSERT INTO ${place} VALUES ('x') RETURNING ${key}`)
  expect(row).toEqual({ [key]: 10 })
  await limbeck(after).downgrade('-1')
  expect(await query(`INSERT INTO t (n) VALUES ('x') RETURNING id`)).toEqual([{ id: 11 }])
})

test('bounds that leave no place for where it stands begin behind the rows', async () => {
  const numbered = (options: object) =>
    one(plain().generatedAlwaysAsIdentity(options as never) as never)
  const down = { increment: -1, minValue: -100, maxValue: -1, startWith: -1 }
  const { change, next } = await withPast(numbered(down), '')
  await change(numbered({}), async () => expect(await next()).toBe(1))
  expect(await next()).toBe(-10)
})
