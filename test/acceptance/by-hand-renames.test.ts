import { sql } from 'drizzle-orm'
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

const sequences = `SELECT string_agg(c.oid::regclass::text, ' ' ORDER BY relname) FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') WHERE relkind = 'S' AND refobjsubid > 0 AND relname NOT LIKE 'limbeck%'`

byHand('the names of sequences behind columns follow', [
  {
    name: 'a table and its column',
    before: { t: pg.pgTable('t', { id: pg.serial().primaryKey() }) },
    byHand: 'INSERT INTO t DEFAULT VALUES',
    after: { u: pg.pgTable('u', { key: pg.serial().primaryKey() }) },
    answers: { rename: ['t=u', 't.id=key'] },
    holds: [
      [sequences, 'u_key_seq'],
      ["SELECT nextval('u_key_seq')::int", 2],
    ],
  },
  {
    name: 'a chain of tables, and columns that swap their names',
    before: {
      a: pg.pgTable('a', {
        id: pg.integer().generatedAlwaysAsIdentity(),
        x: pg.serial(),
        y: pg.serial(),
      }),
      a2: pg.pgTable('a_new', { id: pg.serial() }),
    },
    byHand: 'INSERT INTO a DEFAULT VALUES; INSERT INTO a_new DEFAULT VALUES',
    after: {
      a: pg.pgTable('a_old', {
        id: pg.integer().generatedAlwaysAsIdentity(),
        y: pg.serial(),
        x: pg.serial(),
      }),
      a2: pg.pgTable('a', { id: pg.serial() }),
    },
    answers: { rename: ['a=a_old', 'a_new=a', 'a.x=y', 'a.y=x'] },
    holds: [[sequences, 'a_id_seq a_old_id_seq a_old_x_seq a_old_y_seq']],
  },
  {
    name: 'a table that moves, with another type',
    before: { t: pg.pgTable('t', { id: pg.serial() }) },
    byHand: 'INSERT INTO t DEFAULT VALUES',
    after: (() => {
      const app = pg.pgSchema('app')
      return { app, u: app.table('u', { id: pg.bigserial({ mode: 'number' }) }) }
    })(),
    answers: { rename: ['t=app.u'] },
    holds: [[sequences, 'app.u_id_seq']],
  },
  {
    name: 'but not where the name is taken, was given by hand, or is that of one that the models declare',
    before: {
      taken: pg.pgSequence('u_id_seq'),
      t: pg.pgTable('t', { id: pg.serial(), k: pg.serial() }),
      declared: pg.pgSequence('w_n_seq'),
      w: pg.pgTable('w', { n: pg.integer().notNull().default(sql`nextval('w_n_seq')`) }),
    },
    byHand: 'ALTER SEQUENCE t_k_seq RENAME TO mine; ALTER SEQUENCE w_n_seq OWNED BY w.n',
    after: {
      taken: pg.pgSequence('u_id_seq'),
      t: pg.pgTable('u', { id: pg.serial(), k: pg.serial() }),
      declared: pg.pgSequence('w_n_seq'),
      w: pg.pgTable('x', { n: pg.integer().notNull().default(sql`nextval('w_n_seq')`) }),
    },
    answers: { rename: ['t=u', 'w=x'] },
    holds: [[sequences, 'mine t_id_seq w_n_seq']],
  },
])
