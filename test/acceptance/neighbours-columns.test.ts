import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, key, withId } from './by-hand.ts'

const generated = (n: number) => {
  const t = pg.pgTable(
    't',
    {
      id: key(),
      a: pg.integer().notNull(),
      g: pg.integer().generatedAlwaysAs(sql.raw(`a * ${n}`)),
    },
    (self) => [pg.index('by_g').on(self.g), pg.check('c', sql`${self.g} > 0`)],
  )
  return {
    t,
    v: pg.pgView('v').as((qb) => qb.select({ g: t.g }).from(t)),
    m: pg.pgMaterializedView('m').as((qb) => qb.select({ g: t.g }).from(t)),
  }
}
const identity = (
  options: Parameters<ReturnType<typeof pg.integer>['generatedAlwaysAsIdentity']>[0],
  always = true,
) => ({
  t: pg.pgTable('t', {
    id: always
      ? pg.integer().primaryKey().generatedAlwaysAsIdentity(options)
      : pg.integer().primaryKey().generatedByDefaultAsIdentity(options),
    a: pg.text(),
  }),
})
const positive = pg.customType<{ data: string }>({ dataType: () => 'positive' })
byHand('columns', [
  {
    name: 'a generated column with an index, a check and two views gets another expression',
    before: generated(2),
    byHand: 'INSERT INTO t (id, a) VALUES (1, 2); CREATE INDEX by_hand ON m (g)',
    after: generated(3),
    holds: [['SELECT g FROM t', 6]],
  },
  {
    name: 'a generated column with all that becomes plain',
    before: generated(2),
    byHand: 'INSERT INTO t (id, a) VALUES (1, 2)',
    after: (() => {
      const t = pg.pgTable(
        't',
        { id: key(), a: pg.integer().notNull(), g: pg.integer() },
        (self) => [pg.index('by_g').on(self.g), pg.check('c', sql`${self.g} > 0`)],
      )
      return {
        t,
        v: pg.pgView('v').as((qb) => qb.select({ g: t.g }).from(t)),
        m: pg.pgMaterializedView('m').as((qb) => qb.select({ g: t.g }).from(t)),
      }
    })(),
    holds: [['SELECT g FROM t', 4]],
  },
  {
    name: 'options of an identity, and its kind',
    before: identity({ startWith: 10, increment: 5 }),
    byHand: "INSERT INTO t (a) VALUES ('x'), ('y')",
    after: identity({ startWith: 10, increment: 7, maxValue: 1000, cycle: true, cache: 4 }, false),
    holds: [["INSERT INTO t (a) VALUES ('z') RETURNING id", 22]],
  },
  {
    name: 'an identity that has bounds takes a wider type, and on the way back a narrower one',
    before: {
      t: pg.pgTable('t', { id: pg.integer().generatedAlwaysAsIdentity({ startWith: 5 }) }),
    },
    byHand: 'INSERT INTO t DEFAULT VALUES',
    after: {
      t: pg.pgTable('t', {
        id: pg
          .bigint({ mode: 'number' })
          .generatedAlwaysAsIdentity({ startWith: 7_000_000_000, maxValue: 99_999_999_999 }),
      }),
    },
  },
  {
    name: 'an identity gets a sequence of another name',
    before: identity({ name: 'numbers' }),
    byHand: "INSERT INTO t (a) VALUES ('x')",
    after: identity({ name: 'counters' }),
  },
  {
    name: 'a column of a domain takes its base type, with an index',
    before: withId({ p: pg.integer() }, ((t: Record<'p', pg.ExtraConfigColumn>) => [
      pg.index('i').on(t.p),
    ]) as never),
    byHand: 'CREATE DOMAIN positive AS integer CHECK (VALUE > 0); INSERT INTO t VALUES (1, 5)',
    after: withId({ p: positive('p').default(sql`1`) }, ((t: Record<'p', pg.ExtraConfigColumn>) => [
      pg.index('i').on(t.p),
    ]) as never),
  },
  {
    name: 'arrays of enums and of arrays change their type',
    before: {
      mood: pg.pgEnum('mood', ['a', 'b']),
      ...withId({
        m: pg.pgEnum('mood', ['a', 'b'])('m').array(),
        n: pg.integer('n').array().array(),
      }),
    },
    byHand: "INSERT INTO t VALUES (1, '{a,b}', '{{1,2}}')",
    after: {
      mood: pg.pgEnum('mood', ['a', 'b']),
      ...withId({ m: pg.text('m').array(), n: pg.bigint('n', { mode: 'number' }).array().array() }),
    },
    answers: { usingDown: ['t.m=m::mood[]'] },
  },
  {
    name: 'casing names columns, keys and indexes',
    isOf045: true,
    options: { casing: 'snake_case' },
    before: {
      t: pg.pgTable('t', { userId: pg.integer().primaryKey(), firstName: pg.text().unique() }),
    },
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: {
      t: pg.pgTable(
        't',
        { userId: pg.integer().primaryKey(), firstName: pg.text().unique(), lastName: pg.text() },
        (t) => [
          pg.index().on(t.firstName, t.lastName),
          pg.check('named', sql`${t.firstName} is not null or ${t.lastName} is not null`),
        ],
      ),
    },
  },
])
