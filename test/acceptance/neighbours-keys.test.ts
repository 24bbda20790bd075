import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, key, withId } from './by-hand.ts'

const composite = (columns: 2 | 3) => {
  const org = pg.pgTable(
    'org',
    { a: pg.integer().notNull(), b: pg.integer().notNull(), c: pg.integer().notNull() },
    (t) => [
      columns === 2
        ? pg.primaryKey({ columns: [t.a, t.b] })
        : pg.primaryKey({ columns: [t.a, t.b, t.c] }),
    ],
  )
  const member = pg.pgTable(
    'member',
    { id: key(), a: pg.integer(), b: pg.integer(), c: pg.integer() },
    (t) => [
      columns === 2
        ? pg.foreignKey({ name: 'of', columns: [t.a, t.b], foreignColumns: [org.a, org.b] })
        : pg.foreignKey({
            name: 'of',
            columns: [t.a, t.b, t.c],
            foreignColumns: [org.a, org.b, org.c],
          }),
    ],
  )
  return { org, member }
}

byHand('keys', [
  {
    name: 'a composite key and the foreign key on it grow by a column',
    before: composite(2),
    byHand: 'INSERT INTO org VALUES (1, 2, 3); INSERT INTO member VALUES (1, 1, 2, 3)',
    after: composite(3),
  },
  {
    name: 'and shrink',
    before: composite(3),
    byHand: 'INSERT INTO org VALUES (1, 2, 3); INSERT INTO member VALUES (1, 1, 2, 3)',
    after: composite(2),
  },
  {
    name: 'a self-reference gets another action, another name and a column beside it',
    before: {
      node: pg.pgTable('node', { id: key(), up: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
      ]),
    },
    byHand: 'INSERT INTO node VALUES (1, NULL), (2, 1)',
    after: {
      node: pg.pgTable('node', { id: key(), up: pg.integer(), twin: pg.integer() }, (t) => [
        pg
          .foreignKey({ name: 'above', columns: [t.up], foreignColumns: [t.id] })
          .onDelete('cascade'),
        pg.foreignKey({ columns: [t.twin], foreignColumns: [t.id] }).onDelete('set null'),
      ]),
    },
  },
  {
    name: 'a self-referenced key becomes bigint',
    before: {
      node: pg.pgTable('node', { id: pg.serial().primaryKey(), up: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
        pg.index('by_up').on(t.up),
      ]),
    },
    byHand: 'INSERT INTO node (up) VALUES (NULL), (1)',
    after: {
      node: pg.pgTable(
        'node',
        { id: pg.bigserial({ mode: 'number' }).primaryKey(), up: pg.bigint({ mode: 'number' }) },
        (t) => [
          pg.foreignKey({ columns: [t.up], foreignColumns: [t.id] }),
          pg.index('by_up').on(t.up),
        ],
      ),
    },
  },
  {
    name: 'two tables point at each other, and both keys change',
    before: (() => {
      const a = pg.pgTable(
        'a',
        { id: key(), b: pg.integer() },
        (t): pg.PgTableExtraConfigValue[] => [
          pg.foreignKey({ columns: [t.b], foreignColumns: [b.id] }),
        ],
      )
      const b = pg.pgTable('b', { id: key(), a: pg.integer() }, (t) => [
        pg.foreignKey({ columns: [t.a], foreignColumns: [a.id] }),
      ])
      return { a, b }
    })(),
    byHand: 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1',
    after: (() => {
      const big = (name: string) => pg.bigint(name, { mode: 'number' })
      const a = pg.pgTable(
        'a',
        { id: big('id').primaryKey(), b: big('b') },
        (t): pg.PgTableExtraConfigValue[] => [
          pg.foreignKey({ columns: [t.b], foreignColumns: [b.id] }).onUpdate('cascade'),
        ],
      )
      const b = pg.pgTable('b', { id: big('id').primaryKey(), a: big('a') }, (t) => [
        pg.foreignKey({ columns: [t.a], foreignColumns: [a.id] }).onDelete('restrict'),
      ])
      return { a, b }
    })(),
  },
  {
    name: 'NULLS NOT DISTINCT comes and a partial predicate changes',
    since: 15,
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [
      pg.unique('u').on(t.a as never),
      pg.uniqueIndex('p').on(t.b).where(sql`${t.a} is null`),
    ]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y'), (2, NULL, 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg
        .unique('u')
        .on(t.a as never)
        .nullsNotDistinct(),
      pg.uniqueIndex('p').on(t.b).where(sql`${t.a} is not null`),
    ]) as never),
    says: /^-- compatible: no$/m,
  },
  {
    name: 'a unique constraint and an index swap their names',
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [pg.unique('one').on(t.a as never), pg.index('two').on(t.b)]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg.unique('two').on(t.a as never),
      pg.index('one').on(t.b),
    ]) as never),
  },
])

const coded = (isKey: boolean, more: Record<string, pg.PgColumnBuilderBase> = {}) => ({
  t: pg.pgTable(
    't',
    isKey
      ? { id: pg.integer(), code: pg.text().primaryKey(), ...more }
      : { id: key(), code: pg.text().notNull().unique() },
  ),
})
byHand('a primary key that moves to another column', [
  {
    name: 'and what was one may be NULL',
    before: coded(false),
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: coded(true),
    holds: [
      ["INSERT INTO t (code) VALUES ('y') RETURNING id IS NULL", true],
      ['DELETE FROM t WHERE id IS NULL RETURNING 1', 1],
    ],
  },
  {
    name: 'back again, with a column beside it',
    before: coded(true, { n: pg.integer() }),
    byHand: "INSERT INTO t VALUES (1, 'x', 2)",
    after: coded(false),
  },
  {
    name: 'goes for good, and something else is unique',
    before: coded(false),
    byHand: "INSERT INTO t VALUES (1, 'x')",
    after: {
      t: pg.pgTable('t', { id: pg.integer(), code: pg.text() }, (t) => [
        pg.uniqueIndex('u').on(t.id, t.code),
      ]),
    },
  },
])
