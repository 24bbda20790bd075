import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, mood, withId } from './by-hand.ts'

const unique = (a: () => pg.PgColumnBuilderBase) => withId({ a: a() })
function pointing(
  key: pg.PgColumnBuilderBase,
  pointer: (u: { x: pg.AnyPgColumn }) => pg.PgColumnBuilderBase,
) {
  const u = pg.pgTable('u', { x: key })
  return { u, t: pg.pgTable('t', { x: pointer(u as never) }) }
}

byHand('what depends on rows is said', [
  {
    name: 'a column becomes unique',
    before: unique(() => pg.text('a')),
    byHand: '',
    after: unique(() => pg.text('a').unique()),
    says: /^-- fails while two rows have the same "a"\n/m,
  },
  {
    name: 'the order of an enum changes alone',
    before: mood('a', 'b'),
    byHand: "INSERT INTO t VALUES (1, 'a', 1)",
    after: mood('b', 'a'),
    says: /^-- every row of "t" is written again\n/m,
  },
  {
    name: 'the downgrade of an expression that a person gave',
    before: withId({ x: pg.integer('x') }),
    byHand: '',
    after: withId({ x: pg.uuid('x') }),
    answers: { using: ["t.x=lpad(to_hex(x), 32, '0')::uuid"] },
    says: /^-- check this: how values get back was not said \(--using-down\)\nALTER TABLE .* TYPE/m,
  },
  {
    name: 'or that downgrade itself',
    before: withId({ x: pg.integer('x') }),
    byHand: 'INSERT INTO t VALUES (1, 5)',
    after: withId({ x: pg.uuid('x') }),
    answers: {
      using: ["t.x=lpad(to_hex(x), 32, '0')::uuid"],
      usingDown: ["t.x=('x' || right(replace(x::text, '-', ''), 8))::bit(32)::int"],
    },
    says: /^-- \+downgrade\nALTER TABLE .* USING \('x'/m,
  },
  {
    name: 'a primary key in place of a unique constraint, over values that become others',
    before: { t: pg.pgTable('t', { x: pg.uuid('x').unique() }) },
    byHand: 'INSERT INTO t VALUES (gen_random_uuid()), (gen_random_uuid())',
    after: { t: pg.pgTable('t', { x: pg.integer('x').primaryKey() }) },
    answers: { using: ['t.x=1'] },
    says: /^-- fails while two rows have the same "x"\nALTER TABLE "t" ADD .*PRIMARY KEY/m,
    fails: true,
  },
  {
    name: 'a foreign key over values that become others',
    before: pointing(pg.uuid('x').primaryKey(), (u) => pg.uuid('x').references(() => u.x)),
    byHand: `
      INSERT INTO u VALUES ('00000000-0000-0000-0000-000000000001');
      INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001')`,
    after: pointing(pg.integer('x').primaryKey(), (u) => pg.integer('x').references(() => u.x)),
    answers: { using: ['u.x=1', 't.x=2'] },
    says: /^-- fails while a row of "t" points at nothing in "u"\nALTER TABLE "t"/m,
    fails: true,
  },
])

const told = (
  name: string,
  before: () => pg.PgColumnBuilderBase,
  after: () => pg.PgColumnBuilderBase,
  row: string,
): HandCase => ({
  name,
  before: withId({ x: before() }),
  byHand: `INSERT INTO t VALUES (1, ${row})`,
  after: withId({ x: after() }),
  says: /^-- fails while a row has a value that does not fit .*\nALTER TABLE "t" ALTER COLUMN "x" TYPE/m,
  fails: true,
})

byHand('a value that another type refuses is told of', [
  told('text that is no number', pg.text, pg.integer, "'x'"),
  told('text that is no date', pg.text, pg.date, "'x'"),
  told('text that is too long', pg.text, () => pg.varchar({ length: 3 }), "'long'"),
  told('a number that is too large', () => pg.bigint({ mode: 'number' }), pg.integer, '1e12'),
  told('a number of more digits', pg.numeric, () => pg.numeric({ precision: 3 }), '1e12'),
])
