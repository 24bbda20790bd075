import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, mood, withId } from './by-hand.ts'

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
