import type { CaseTable } from '../case.ts'

/** Where values come from without being given: serial, identity, generation. */
export const sources: CaseTable = ({ pg, sql }) => [
  {
    name: 'a serial goes back to a plain integer',
    before: { t: pg.pgTable('t', { id: pg.serial('id').primaryKey() }) },
    after: { t: pg.pgTable('t', { id: pg.integer('id').primaryKey() }) },
    rows: ['INSERT INTO t DEFAULT VALUES'],
    rowsAfter: ['INSERT INTO t VALUES (41)'],
  },
  {
    name: 'a serial becomes a bigserial',
    before: { t: pg.pgTable('t', { id: pg.serial('id').primaryKey() }) },
    after: { t: pg.pgTable('t', { id: pg.bigserial('id', { mode: 'number' }).primaryKey() }) },
    rows: ['INSERT INTO t DEFAULT VALUES'],
    rowsAfter: ['INSERT INTO t DEFAULT VALUES'],
  },
  {
    name: 'a serial becomes an identity',
    before: { t: pg.pgTable('t', { id: pg.serial('id').primaryKey() }) },
    after: {
      t: pg.pgTable('t', { id: pg.integer('id').primaryKey().generatedAlwaysAsIdentity() }),
    },
    rows: ['INSERT INTO t DEFAULT VALUES'],
    rowsAfter: ['INSERT INTO t DEFAULT VALUES'],
  },
  {
    name: 'identity: always, by default, options',
    before: {
      a: pg.pgTable('a', { id: pg.integer('id').generatedAlwaysAsIdentity() }),
      b: pg.pgTable('b', {
        id: pg.integer('id').generatedByDefaultAsIdentity({ startWith: 5, increment: 2 }),
      }),
      c: pg.pgTable('c', { id: pg.integer('id').notNull() }),
    },
    after: {
      a: pg.pgTable('a', { id: pg.integer('id').generatedByDefaultAsIdentity() }),
      b: pg.pgTable('b', {
        id: pg
          .integer('id')
          .generatedByDefaultAsIdentity({ startWith: 5, increment: 3, cycle: true }),
      }),
      c: pg.pgTable('c', { id: pg.integer('id').generatedAlwaysAsIdentity() }),
    },
    rows: ['INSERT INTO a DEFAULT VALUES', 'INSERT INTO c VALUES (7)'],
  },
  {
    name: 'an identity changes its type',
    before: {
      t: pg.pgTable('t', { id: pg.integer('id').primaryKey().generatedAlwaysAsIdentity() }),
    },
    after: {
      t: pg.pgTable('t', {
        id: pg.bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
      }),
    },
    rows: ['INSERT INTO t DEFAULT VALUES'],
  },
  {
    name: 'generated: another expression, and no longer generated',
    before: {
      t: pg.pgTable('t', {
        a: pg.integer('a'),
        b: pg.integer('b').generatedAlwaysAs(sql`a + 1`),
        c: pg.integer('c').generatedAlwaysAs(sql`a + 1`),
      }),
    },
    after: {
      t: pg.pgTable('t', {
        a: pg.integer('a'),
        b: pg.integer('b').generatedAlwaysAs(sql`a + 2`),
        c: pg.integer('c'),
      }),
    },
    rows: ['INSERT INTO t (a) VALUES (1)'],
  },
  {
    name: 'a generated column changes while index, check and view read it',
    before: (() => {
      const t = pg.pgTable(
        't',
        { a: pg.integer('a'), b: pg.integer('b').generatedAlwaysAs(sql`a + 1`) },
        (self) => [pg.index('by_b').on(self.b), pg.check('b_positive', sql`${self.b} > 0`)],
      )
      return { t, v: pg.pgView('v').as((qb) => qb.select().from(t)) }
    })(),
    after: (() => {
      const t = pg.pgTable(
        't',
        { a: pg.integer('a'), b: pg.integer('b').generatedAlwaysAs(sql`a + 2`) },
        (self) => [pg.index('by_b').on(self.b), pg.check('b_positive', sql`${self.b} > 0`)],
      )
      return { t, v: pg.pgView('v').as((qb) => qb.select().from(t)) }
    })(),
    rows: ['INSERT INTO t (a) VALUES (1)'],
  },
  {
    name: 'the column that a generated one reads changes its type',
    before: {
      t: pg.pgTable('t', { a: pg.integer('a'), b: pg.text('b').generatedAlwaysAs(sql`a::text`) }),
    },
    after: {
      t: pg.pgTable('t', {
        a: pg.bigint('a', { mode: 'number' }),
        b: pg.text('b').generatedAlwaysAs(sql`a::text`),
      }),
    },
    rows: ['INSERT INTO t (a) VALUES (1)'],
  },
  {
    name: 'the column that a generated one reads goes',
    before: {
      t: pg.pgTable('t', {
        a: pg.integer('a'),
        c: pg.integer('c'),
        b: pg.integer('b').generatedAlwaysAs(sql`a + c`),
      }),
    },
    after: {
      t: pg.pgTable('t', { c: pg.integer('c'), b: pg.integer('b').generatedAlwaysAs(sql`c`) }),
    },
    rows: ['INSERT INTO t (a, c) VALUES (1, 2)'],
  },
]
