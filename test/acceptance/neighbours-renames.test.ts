import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, key, withId } from './by-hand.ts'

const long = (start: string) => start + 'x'.repeat(63 - start.length)

const swapped = (names: readonly string[]) =>
  Object.fromEntries(
    names.map((name, at) => [
      `t${at}`,
      pg.pgTable(name, { id: key(), [`of_${at}`]: pg.integer() }),
    ]),
  )
const ring = (names: readonly [string, string, string]) => {
  const [a, b, c] = names
  return withId({ [a]: pg.integer(a), [b]: pg.text(b), [c]: pg.boolean(c) }, ((
    t: Record<string, pg.ExtraConfigColumn>,
  ) => [pg.index('i').on(t[a]!, t[b]!), pg.check('c', sql`${t[c]} or ${t[a]} > 0`)]) as never)
}
byHand('renames', [
  {
    name: 'three tables in a ring',
    before: swapped(['x', 'y', 'z']),
    byHand:
      'INSERT INTO x VALUES (1, 10); INSERT INTO y VALUES (2, 20); INSERT INTO z VALUES (3, 30)',
    after: swapped(['y', 'z', 'x']),
    answers: { rename: ['x=y', 'y=z', 'z=x'] },
    holds: [
      ['SELECT of_0 FROM y', 10],
      ['SELECT of_2 FROM x', 30],
    ],
  },
  {
    name: 'three columns in a ring, with an index and a check',
    before: ring(['p', 'q', 'r']),
    byHand: "INSERT INTO t VALUES (1, 1, 'x', true)",
    after: ring(['q', 'r', 'p']),
    answers: { rename: ['t.p=q', 't.q=r', 't.r=p'] },
    holds: [['SELECT q FROM t', 1]],
  },
  {
    name: 'a table moves to another schema with a new name, a renamed column, its index and a view',
    before: (() => {
      const person = pg.pgTable(
        'person',
        { id: pg.serial().primaryKey(), nick: pg.text() },
        (t) => [pg.index('by_nick').on(t.nick)],
      )
      return { person, seen: pg.pgView('seen').as((qb) => qb.select().from(person)) }
    })(),
    byHand: "INSERT INTO person (nick) VALUES ('a')",
    after: (() => {
      const app = pg.pgSchema('app')
      const people = app.table('people', { id: pg.serial().primaryKey(), name: pg.text() }, (t) => [
        pg.index('by_name').on(t.name),
      ])
      return { app, people, seen: pg.pgView('seen').as((qb) => qb.select().from(people)) }
    })(),
    answers: { rename: ['person=app.people', 'person.nick=name'] },
    holds: [['SELECT name FROM app.people', 'a']],
  },
  {
    name: 'names of 63 bytes, quoted and in other scripts',
    before: {
      a: pg.pgTable(long('Ärger "x" '.slice(0, 4)), { id: key(), 'größe "q"': pg.integer() }),
      b: pg.pgTable('SELECT', { order: key(), 'a.b': pg.text() }, (t) => [
        pg.uniqueIndex('the "index"').on(t['a.b']),
      ]),
      c: pg.pgTable('表', { 列: key() }),
    },
    byHand: `INSERT INTO "SELECT" VALUES (1, 'x'); INSERT INTO "表" VALUES (1)`,
    after: {
      a: pg.pgTable(long('Ärger "x" '.slice(0, 4)), {
        id: key(),
        'größe "q"': pg.bigint({ mode: 'number' }),
        "it's": pg.text(),
      }),
      b: pg.pgTable(
        'SELECT',
        { order: key(), 'a.b': pg.text().notNull().default("it's $$ \\ x") },
        (t) => [
          pg.uniqueIndex('the "index"').on(t['a.b'], t.order),
          pg.check('the "check"', sql`${t['a.b']} <> ${sql.raw("'a;b'")}`),
        ],
      ),
      c: pg.pgTable('表', { 列: key(), 値: pg.text() }, (t) => [pg.unique('鍵').on(t.値)]),
    },
  },
  {
    name: 'a name of 63 bytes whose index is swapped',
    before: withId({ a: pg.text(), b: pg.text() }, ((
      t: Record<'a' | 'b', pg.ExtraConfigColumn>,
    ) => [pg.uniqueIndex(long('i')).on(t.a), pg.unique(long('u')).on(t.b as never)]) as never),
    byHand: "INSERT INTO t VALUES (1, 'x', 'y')",
    after: withId({ a: pg.text(), b: pg.text() }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => [
      pg.uniqueIndex(long('i')).on(t.a, t.b),
      pg.unique(long('u')).on(t.b as never, t.a as never),
    ]) as never),
  },
])
