import * as pg from 'drizzle-orm/pg-core'
import { byHand, mood, withId } from './by-hand.ts'

const t = (schema?: string) => {
  const columns = { id: pg.integer('id').primaryKey(), n: pg.integer('n') }
  if (schema === undefined) return { t: pg.pgTable('t', columns) }
  const place = pg.pgSchema(schema)
  return { place, t: place.table('t', columns) }
}
const columns = (...names: readonly string[]) =>
  withId(Object.fromEntries(names.map((name) => [name, pg.integer(name)])))
const tables = (...names: readonly string[]) =>
  Object.assign(
    {},
    ...names.map((name) => withId({ [`${name}_n`]: pg.integer('n') }, undefined, name)),
  )

byHand('renames given together', [
  {
    name: 'a table moves into a schema that is new',
    before: t(),
    byHand: 'INSERT INTO t VALUES (1, 2)',
    after: t('stats'),
    answers: { rename: ['t=stats.t'] },
    holds: [['SELECT n FROM stats.t', 2]],
  },
  {
    name: 'an enum and a table move into a schema that is new, under new names',
    before: mood('a', 'b'),
    byHand: "INSERT INTO t VALUES (1, 'a', 2)",
    after: (() => {
      const place = pg.pgSchema('stats')
      const state = place.enum('condition', ['a', 'b'])
      const table = place.table('u', {
        id: pg.integer('id').primaryKey(),
        state: state('state'),
        n: pg.integer('n'),
      })
      return { place, state, table }
    })(),
    answers: { rename: ['t=stats.u', 'state=stats.condition'] },
    holds: [['SELECT state::text FROM stats.u', 'a']],
  },
  {
    name: 'a chain of columns',
    before: columns('price', 'price_new'),
    byHand: 'INSERT INTO t VALUES (1, 10, 20)',
    after: columns('price_old', 'price'),
    answers: { rename: ['t.price=price_old', 't.price_new=price'] },
    holds: [["SELECT price_old || ' ' || price FROM t", '10 20']],
  },
  {
    name: 'columns swap their names',
    before: columns('a', 'b'),
    byHand: 'INSERT INTO t VALUES (1, 10, 20)',
    after: columns('a', 'b'),
    answers: { rename: ['t.a=b', 't.b=a'] },
    holds: [["SELECT a || ' ' || b FROM t", '20 10']],
    oneWay: 'the models cannot tell it from no change',
  },
  {
    name: 'a chain of tables',
    before: tables('orders', 'orders_new'),
    byHand: 'INSERT INTO orders VALUES (1, 1); INSERT INTO orders_new VALUES (1, 2)',
    after: tables('orders_old', 'orders'),
    answers: { rename: ['orders=orders_old', 'orders_new=orders'] },
    holds: [['SELECT n FROM orders', 2]],
  },
  {
    name: 'a chain of enum values',
    before: mood('a', 'b', 'c'),
    byHand: "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)",
    after: mood('z', 'a', 'c'),
    answers: { rename: ['state.a=z', 'state.b=a'] },
    holds: [['SELECT state::text FROM t WHERE id = 1', 'z']],
  },
])

const notNulls = `SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE conrelid::regclass::text <> 'x' AND contype = 'n' AND conname NOT LIKE 'limbeck%' AND conname NOT LIKE '%_num_%'`
const named = (...names: readonly string[]) =>
  withId(Object.fromEntries(names.map((name) => [name, pg.text(name).notNull()])))

byHand('the names of NOT NULL follow', [
  {
    name: 'a column that is renamed',
    since: 18,
    before: named('a'),
    byHand: '',
    after: named('b'),
    answers: { rename: ['t.a=b'] },
    holds: [[`${notNulls} AND conrelid = 't'::regclass`, 't_b_not_null t_id_not_null']],
  },
  {
    name: 'columns that swap their names, but not a name by hand',
    since: 18,
    before: named('a', 'b', 'c'),
    byHand: 'ALTER TABLE t RENAME CONSTRAINT t_c_not_null TO mine',
    after: named('b', 'd', 'a'),
    answers: { rename: ['t.a=b', 't.b=a', 't.c=d'] },
    holds: [
      [`${notNulls} AND conrelid = 't'::regclass`, 'mine t_a_not_null t_b_not_null t_id_not_null'],
    ],
  },
  {
    name: 'a table that is renamed',
    since: 18,
    before: named('a'),
    byHand: '',
    after: withId({ a: pg.text('a').notNull() }, undefined, 'u'),
    answers: { rename: ['t=u'] },
    holds: [[`${notNulls} AND conrelid = 'u'::regclass`, 'u_a_not_null u_id_not_null']],
  },
])

const inSchema = (schema: string, name: string) => {
  const own = pg.pgSchema(schema)
  const a = own.table(name, { id: pg.serial('id').primaryKey(), x: pg.text('x') })
  return { own, a, b: own.table('b', { a: pg.integer('a').references(() => a.id) }) }
}

byHand('a schema and what is in it are renamed together', [
  {
    name: 'a table by the name that the models have',
    before: inSchema('one', 'a'),
    byHand: "INSERT INTO one.a (x) VALUES ('x'); INSERT INTO one.b VALUES (1)",
    after: inSchema('two', 'c'),
    answers: { rename: ['one=two', 'one.a=two.c'] },
    holds: [['SELECT x FROM two.c JOIN two.b ON b.a = c.id', 'x']],
  },
])
