import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand } from './by-hand.ts'

const heirs = (
  common: () => Record<string, pg.PgColumnBuilderBase>,
  own: () => Record<string, pg.PgColumnBuilderBase> = () => ({ n: pg.integer('n') }),
) => ({ base: pg.pgTable('base', common()), child: pg.pgTable('child', { ...common(), ...own() }) })
const created = (withTimezone: boolean) => pg.timestamp('created', { withTimezone })
const inherits =
  'DROP TABLE child; CREATE TABLE child (n integer) INHERITS (base); INSERT INTO child (n) VALUES (1)'

byHand('a table inherits from another', [
  {
    name: 'a column takes another type, default and NOT NULL, one comes, and one goes',
    before: heirs(() => ({ created: created(false), old: pg.text('old') })),
    byHand: `${inherits}; UPDATE base SET created = now()`,
    after: heirs(() => ({ created: created(true).defaultNow().notNull(), who: pg.text('who') })),
    holds: [["SELECT n || coalesce(who, '-') FROM child", '1-']],
  },
  {
    name: 'the enum of a column that both have is replaced',
    before: (() => {
      const state = pg.pgEnum('state', ['a', 'b'])
      return { state, ...heirs(() => ({ state: state('state').default('a') })) }
    })(),
    byHand: inherits,
    after: (() => {
      const state = pg.pgEnum('state', ['b', 'a'])
      return { state, ...heirs(() => ({ state: state('state').default('a') })) }
    })(),
  },
])

const heirsOf =
  (...values: [string, ...string[]]) =>
  (more: Record<string, pg.PgColumnBuilderBase> = {}) => {
    const state = pg.pgEnum('state', values)
    return {
      state,
      ...heirs(
        () => ({ state: state('state').default('a') }),
        () => ({ n: pg.integer('n'), ...more }),
      ),
    }
  }

byHand('an enum and a table that inherits', [
  {
    name: 'a default of its own stays its own',
    before: heirsOf('a', 'b')(),
    byHand: `${inherits}; ALTER TABLE child ALTER state SET DEFAULT 'b'`,
    after: (() => {
      const state = pg.pgEnum('state', ['b', 'a'])
      return {
        state,
        base: pg.pgTable('base', { state: state('state').default('a') }),
        child: pg.pgTable('child', { state: state('state').default('b'), n: pg.integer('n') }),
      }
    })(),
    holds: [
      [
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'child'::regclass",
        "'b'::state",
      ],
    ],
  },
  {
    name: 'a column of it that only the heir has',
    before: (() => {
      const state = pg.pgEnum('state', ['a', 'b'])
      return {
        state,
        ...heirs(
          () => ({ x: pg.integer('x') }),
          () => ({ n: pg.integer('n'), own: state('own') }),
        ),
      }
    })(),
    byHand:
      "DROP TABLE child; CREATE TABLE child (n integer, own state) INHERITS (base); INSERT INTO child (own) VALUES ('a')",
    after: (() => {
      const state = pg.pgEnum('state', ['a'])
      return {
        state,
        ...heirs(
          () => ({ x: pg.integer('x') }),
          () => ({ n: pg.integer('n'), own: state('own') }),
        ),
      }
    })(),
  },
  {
    name: 'a column that both declare',
    before: heirsOf('a', 'b')(),
    byHand:
      "DROP TABLE child; CREATE TABLE child (state state DEFAULT 'a', n integer) INHERITS (base)",
    after: heirsOf('b', 'a')(),
  },
  {
    name: 'a value that comes',
    before: heirsOf('a', 'b')(),
    byHand: inherits,
    after: heirsOf('a', 'c', 'b')(),
  },
  {
    name: 'a column that goes text',
    before: heirsOf('a', 'b')(),
    byHand: inherits,
    after: heirs(() => ({ state: pg.text('state').default('a') })),
  },
])

const checked = (
  name: string,
  expression: string,
  n: () => pg.PgColumnBuilderBase = pg.integer,
) => {
  const check = () => [pg.check(name, sql.raw(expression))]
  return {
    base: pg.pgTable('base', { n: n() }, check),
    child: pg.pgTable('child', { n: n(), own: pg.integer() }, check),
  }
}
const inheritsCheck = (own: string) =>
  `DROP TABLE child; CREATE TABLE child (own integer${own}) INHERITS (base); INSERT INTO child VALUES (5, 6)`
const bothDeclare = inheritsCheck(', CONSTRAINT c CHECK (n > 0)')
const guarded = `SELECT string_agg(conrelid::regclass || ' ' || conname || coninhcount, ' ' ORDER BY conrelid::regclass::text) FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text IN ('base', 'child')`

byHand('a check and a table that inherits it', [
  {
    name: 'takes another expression',
    before: checked('c', 'n > 0'),
    byHand: inheritsCheck(''),
    after: checked('c', 'n > 1'),
    holds: [[guarded, 'base c0 child c1']],
  },
  {
    name: 'takes another expression, and both declare it',
    before: checked('c', 'n > 0'),
    byHand: bothDeclare,
    after: checked('c', 'n > 1'),
  },
  {
    name: 'takes another name',
    before: checked('c', 'n > 0'),
    byHand: inheritsCheck(''),
    after: checked('d', 'n > 0'),
    holds: [[guarded, 'base d0 child d1']],
  },
  {
    name: 'takes another name, and both declare it',
    before: checked('c', 'n > 0'),
    byHand: bothDeclare,
    after: checked('d', 'n > 0'),
  },
  {
    name: 'is on a column that takes another type',
    before: checked('c', 'n > 0'),
    byHand: inheritsCheck(''),
    after: checked('c', 'n > 0', () => pg.bigint({ mode: 'number' })),
  },
  {
    name: 'is that of the heir alone, since the other is NO INHERIT',
    before: checked('c', 'n > 0'),
    byHand: `${inheritsCheck('')}; ALTER TABLE base DROP CONSTRAINT c; ALTER TABLE base ADD CONSTRAINT c CHECK (n > 0) NO INHERIT`,
    after: checked('c', 'n > 0'),
    holds: [[guarded, 'base c0 child c0']],
  },
])
