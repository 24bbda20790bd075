import * as pg from 'drizzle-orm/pg-core'
import { byHand, mood, withId } from './by-hand.ts'

const unique = (a: () => pg.PgColumnBuilderBase) => withId({ a: a() })

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
])
