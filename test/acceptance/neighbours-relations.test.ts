import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, key, withId } from './by-hand.ts'

const partitioned = (
  columns: Record<string, pg.PgColumnBuilderBase>,
  extra?: (t: never) => pg.PgTableExtraConfigValue[],
) => ({
  log: pg.pgTable(
    'log',
    { id: pg.integer().notNull(), at: pg.date().notNull(), ...columns },
    extra as never,
  ),
})
const views = (query: string, more = false) => {
  const t = pg.pgTable('t', { id: key(), a: pg.text() })
  return {
    t,
    m: pg
      .pgMaterializedView('m', { id: pg.integer(), ...(more && { b: pg.text() }) })
      .as(sql.raw(query)),
    w: pg.pgView('w', { id: pg.integer() }).as(sql`select id from m`),
  }
}
byHand('relations', [
  {
    name: 'a partitioned table by hand gets a column, an index and a check',
    before: { t: pg.pgTable('t', { id: key() }) },
    byHand: `CREATE TABLE log (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); INSERT INTO log VALUES (1, '2020-05-05')`,
    after: {
      t: pg.pgTable('t', { id: key() }),
      ...partitioned({ n: pg.integer().default(3).notNull() }, ((
        t: Record<'n' | 'id', pg.ExtraConfigColumn>,
      ) => [pg.index('by_n').on(t.n), pg.check('some', sql`${t.n} > 0`)]) as never),
    },
    holds: [['SELECT n FROM log', 3]],
  },
  {
    name: 'a materialized view with an index and a view on it gets a column',
    before: views('select id from t'),
    byHand:
      "INSERT INTO t VALUES (1, 'x'); CREATE UNIQUE INDEX by_id ON m (id); REFRESH MATERIALIZED VIEW m",
    after: views('select id, a as b from t', true),
    holds: [['SELECT id FROM w', 1]],
  },
  {
    name: 'an index with operator class, expression, storage and collation changes',
    before: withId({ a: pg.text(), j: pg.jsonb() }, ((
      t: Record<'a' | 'j', pg.ExtraConfigColumn>,
    ) => [
      pg.index('i').using('btree', t.a.op('text_pattern_ops')),
      pg.index('g').using('gin', t.j.op('jsonb_path_ops')),
      pg.index('e').on(sql`lower(${t.a}) text_pattern_ops`),
    ]) as never),
    byHand: `INSERT INTO t VALUES (1, 'x', '{}')`,
    after: withId({ a: pg.text(), j: pg.jsonb() }, ((
      t: Record<'a' | 'j', pg.ExtraConfigColumn>,
    ) => [
      pg.index('i').using('btree', t.a.op('varchar_pattern_ops')),
      pg.index('g').using('gin', t.j.op('jsonb_ops')),
      pg.index('e').on(sql`upper(${t.a}) text_pattern_ops`).with({ fillfactor: 70 }),
    ]) as never),
  },
  {
    name: 'objects of two schemas that point at each other',
    before: (() => {
      const [one, two] = [pg.pgSchema('one'), pg.pgSchema('two')]
      const a = one.table('a', { id: key() })
      return {
        one,
        two,
        a,
        b: two.table('b', { id: key(), a: pg.integer().references(() => a.id) }),
      }
    })(),
    byHand: 'INSERT INTO one.a VALUES (1); INSERT INTO two.b VALUES (1, 1)',
    after: (() => {
      const [one, two] = [pg.pgSchema('one'), pg.pgSchema('two')]
      const a = two.table('a', { id: key() })
      return {
        one,
        two,
        a,
        b: one.table('b', {
          id: key(),
          a: pg.integer().references(() => a.id, { onDelete: 'cascade' }),
        }),
      }
    })(),
    answers: { rename: ['one.a=two.a', 'two.b=one.b'] },
    holds: [['SELECT a FROM one.b', 1]],
  },
])

const texts = () => ({ a: pg.text('a'), b: pg.text('b') })
const retyped = () => ({ a: pg.varchar('a', { length: 9 }), b: pg.text('b') })
const ofKid = (kind: string) =>
  `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '${kind}'::regclass AND attname = 'a'`
byHand('tables that inherit, by hand', [
  {
    name: 'the type of a column',
    before: withId(texts()),
    byHand: "CREATE TABLE kid () INHERITS (t); INSERT INTO kid VALUES (1, 'x')",
    after: withId(retyped()),
    holds: [[ofKid('kid'), 'character varying(9)']],
  },
  {
    name: 'a default of its own stays, what comes is there as well',
    before: withId(texts()),
    byHand:
      "CREATE TABLE kid (k int) INHERITS (t); ALTER TABLE kid ALTER a SET DEFAULT 'q'; INSERT INTO kid (id) VALUES (1)",
    after: withId({ ...retyped(), c: pg.integer('c').notNull().default(1) }),
    holds: [['INSERT INTO kid (id) VALUES (2) RETURNING a || c', 'q1']],
    holdsAfterAll: [['INSERT INTO kid (id) VALUES (3) RETURNING a || c', 'q1']],
  },
  {
    name: 'NOT NULL and a default, two tables deep',
    before: withId(texts()),
    byHand:
      "CREATE TABLE kid (k int) INHERITS (t); CREATE TABLE baby () INHERITS (kid); INSERT INTO baby VALUES (1, 'x')",
    after: withId({ a: pg.text('a').notNull().default('x'), b: pg.text('b') }),
    holds: [['INSERT INTO baby (id) VALUES (2) RETURNING a', 'x']],
  },
  {
    name: 'a column goes',
    before: withId(texts()),
    byHand: 'CREATE TABLE kid (k int) INHERITS (t)',
    after: withId({ b: pg.text('b') }),
    holds: [
      [
        "SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'kid'::regclass AND attname = 'a'",
        0,
      ],
    ],
  },
])
