import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, withId } from './by-hand.ts'

const mood = (...values: readonly [string, ...string[]]) => {
  const state = pg.pgEnum('state', values)
  return { state, ...withId({ state: state('state'), n: pg.integer('n') }) }
}
const indexed = (...columns: readonly ('a' | 'b')[]) =>
  withId({ a: pg.text('a'), b: pg.text('b') }, ((t: Record<'a' | 'b', pg.ExtraConfigColumn>) => {
    const [first, ...others] = columns.map((name) => t[name])
    return first === undefined ? [] : [pg.index('i').on(first, ...others)]
  }) as never)

const onEnum = (definition: string): HandCase => ({
  name: `${definition} beside an enum that is replaced`,
  before: mood('a', 'b', 'c'),
  byHand: `CREATE INDEX hand ON t ${definition}; INSERT INTO t VALUES (1, 'a', 1)`,
  after: mood('a', 'b'),
  holds: [["SELECT count(*)::int FROM pg_indexes WHERE indexname = 'hand'", 1]],
})
const sameName = (definition: string): HandCase => ({
  name: `an index of the models that was made again ${definition}, and then changes`,
  before: indexed('a'),
  byHand: `DROP INDEX i; CREATE INDEX i ON t ${definition}; INSERT INTO t VALUES (1, 'a', 'b')`,
  after: indexed('a', 'b'),
  holds: [["SELECT count(*)::int FROM pg_indexes WHERE indexdef LIKE '%(a, b)'", 1]],
})

byHand('an index that models cannot say in full', [
  onEnum("(id) INCLUDE (n) WHERE state = 'a'"),
  {
    ...onEnum('(state)'),
    name: 'UNIQUE NULLS NOT DISTINCT beside an enum that is replaced',
    since: 15,
    byHand: `CREATE UNIQUE INDEX hand ON t (n, state) NULLS NOT DISTINCT WHERE state = 'a'`,
  },
  onEnum(`(n, lower('x') COLLATE "C") INCLUDE (id) WHERE state <> 'b'`),
  sameName('(a) INCLUDE (b)'),
  sameName('(a COLLATE "C")'),
  sameName('(a) WITH (fillfactor = 50)'),
  {
    name: 'is dropped with a column of its INCLUDE, and comes back with it',
    before: indexed('a'),
    byHand: 'CREATE INDEX hand ON t (a) INCLUDE (b)',
    after: withId({ a: pg.text('a') }, ((t: { a: pg.ExtraConfigColumn }) => [
      pg.index('i').on(t.a),
    ]) as never),
  },
])

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

const matview = (type: () => pg.PgColumnBuilderBase) => {
  const { t: table } = withId({ n: type() }) as { t: pg.PgTableWithColumns<never> }
  const v = pg
    .pgMaterializedView('v')
    .withNoData()
    .as((query) => query.select().from(table as never))
  return { table, v }
}

byHand('what is made again', [
  {
    name: 'a materialized view keeps its rows, though the models make it without',
    before: matview(() => pg.integer('n')),
    byHand: 'INSERT INTO t VALUES (1, 2); REFRESH MATERIALIZED VIEW v',
    after: matview(() => pg.bigint('n', { mode: 'number' })),
    holds: [['SELECT n::int FROM v', 2]],
  },
  {
    name: 'a materialized view stays empty where it was',
    before: matview(() => pg.integer('n')),
    byHand: 'INSERT INTO t VALUES (1, 2)',
    after: matview(() => pg.bigint('n', { mode: 'number' })),
    holds: [["SELECT relispopulated FROM pg_class WHERE relname = 'v'", false]],
  },
])

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

const numbered = (
  id: pg.PgColumnBuilderBase,
  more: Record<string, pg.PgColumnBuilderBase> = {},
) => ({
  t: pg.pgTable('t', { key: pg.integer('key').primaryKey(), id, ...more }),
})
const rows = 'INSERT INTO t (key) VALUES (1), (2)'

byHand('serial columns', [
  {
    name: 'one that was made text becomes serial again',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id DROP DEFAULT, ALTER id TYPE text`,
    after: numbered(pg.serial('id')),
    says: /^-- data loss: values of "t"\."id" that do not fit integer\n/m,
    holds: [["SELECT nextval(pg_get_serial_sequence('t', 'id'))::int", 3]],
  },
  {
    name: 'one that was made text with its default becomes serial again',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id TYPE text`,
    after: numbered(pg.serial('id')),
    holds: [["SELECT nextval(pg_get_serial_sequence('t', 'id'))::int", 3]],
  },
  {
    name: 'one that was made text, and is text in the models',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id TYPE text`,
    after: numbered(pg.text('id').notNull()),
    holds: [["SELECT string_agg(id, ' ' ORDER BY id) FROM t", '1 2']],
  },
  {
    name: 'one becomes a plain integer: the position of its sequence is asked for',
    before: numbered(pg.serial('id')),
    byHand: rows,
    after: numbered(pg.integer('id')),
    says: /^-- data loss: the position of the sequence "t_id_seq"\n/m,
  },
  {
    name: 'one becomes a plain integer, and another default takes its numbers',
    before: numbered(pg.serial('id'), { n: pg.integer('n') }),
    byHand: `${rows}; ALTER TABLE t ALTER n SET DEFAULT nextval('t_id_seq')`,
    after: numbered(pg.integer('id'), { n: pg.integer('n').default(sql`nextval('t_id_seq')`) }),
    holds: [["SELECT nextval('t_id_seq')::int", 3]],
  },
  {
    name: 'one becomes a plain integer that keeps its default',
    before: numbered(pg.serial('id')),
    byHand: rows,
    after: numbered(pg.integer('id').notNull().default(sql`nextval('t_id_seq')`)),
    holds: [["SELECT nextval('t_id_seq')::int", 3]],
  },
  {
    name: 'one becomes a plain integer, and a default of elsewhere takes its numbers',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; CREATE SCHEMA other; CREATE TABLE other.u (n int DEFAULT nextval('public.t_id_seq'))`,
    after: numbered(pg.integer('id')),
    says: /^-- fails while column n of table other\.u is there\n/m,
    fails: true,
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
