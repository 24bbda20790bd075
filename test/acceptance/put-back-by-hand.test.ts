import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, mood, withId } from './by-hand.ts'

const wider = { before: withId({ n: pg.integer('n') }), after: withId({ n: pg.numeric('n') }) }
const rows = 'INSERT INTO t VALUES (1, 1), (2, 2)'
/** Nothing is in the way, and nothing is named. */
const says = /^(?!.*fails while [^\n]* is there)/s

function kept(name: string, statements: string, more: Partial<HandCase> = {}): HandCase {
  return { name, ...wider, byHand: `${rows}; CREATE SCHEMA other; ${statements}`, says, ...more }
}

byHand('a view that is not compared is put back', [
  kept(
    'with its options, comments, grants, defaults and triggers',
    `CREATE VIEW other."V w" WITH (security_barrier = true, check_option = local) AS SELECT id, n AS "N" FROM t WHERE n > 0;
     COMMENT ON VIEW other."V w" IS 'kept'; COMMENT ON COLUMN other."V w"."N" IS 'too'; GRANT SELECT ON other."V w" TO PUBLIC;
     GRANT UPDATE (id) ON other."V w" TO pg_monitor; ALTER VIEW other."V w" ALTER COLUMN id SET DEFAULT 7;
     CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
     CREATE TRIGGER instead INSTEAD OF DELETE ON other."V w" FOR EACH ROW EXECUTE FUNCTION f()`,
    {
      holds: [
        [`SELECT obj_description('other."V w"'::regclass, 'pg_class')`, 'kept'],
        [`SELECT col_description('other."V w"'::regclass, 2)`, 'too'],
        [`SELECT has_column_privilege('pg_monitor', 'other."V w"', 'id', 'UPDATE')`, true],
        [`SELECT count(*)::int FROM pg_trigger WHERE tgname = 'instead'`, 1],
        [`SELECT count(*)::int FROM other."V w"`, 2],
      ],
    },
  ),
  kept(
    'with those that lean on it, one behind the other',
    `CREATE VIEW other.a AS SELECT n FROM t; CREATE VIEW other.b AS SELECT a.n, t.id FROM other.a JOIN t USING (n);
     CREATE MATERIALIZED VIEW other.c AS SELECT sum(n) AS n FROM other.b; CREATE VIEW other.d AS SELECT c.n FROM other.c, other.a`,
    { holds: [['SELECT n::int FROM other.d LIMIT 1', 3]] },
  ),
  kept(
    'a materialized one, filled, with its indexes',
    `CREATE MATERIALIZED VIEW other.m AS SELECT n FROM t; CREATE UNIQUE INDEX m_n ON other.m (n DESC);
     COMMENT ON INDEX other.m_n IS 'kept'; ALTER MATERIALIZED VIEW other.m CLUSTER ON m_n`,
    {
      holds: [
        ['SELECT count(*)::int FROM other.m', 2],
        [`SELECT obj_description('other.m_n'::regclass, 'pg_class')`, 'kept'],
        [`SELECT indisclustered FROM pg_index WHERE indexrelid = 'other.m_n'::regclass`, true],
      ],
    },
  ),
  kept(
    'a materialized one that is not filled',
    'CREATE MATERIALIZED VIEW other.m AS SELECT n FROM t WITH NO DATA',
    { holds: [[`SELECT relispopulated FROM pg_class WHERE relname = 'm'`, false]] },
  ),
  kept(
    'that leans on one of the models, which makes way',
    'CREATE VIEW other.on_it AS SELECT n FROM v',
    {
      before: {
        ...wider.before,
        v: pg.pgView('v', { n: pg.integer('n') }).as(sql`select n from t`),
      },
      after: {
        ...wider.after,
        v: pg.pgView('v', { n: pg.numeric('n') }).as(sql`select n from t`),
      },
      holds: [['SELECT count(*)::int FROM other.on_it', 2]],
    },
  ),
  kept('that the filter excludes', 'CREATE VIEW mine AS SELECT n FROM t', {
    options: { autogenerate: { exclude: ['mine'] } },
    holds: [['SELECT count(*)::int FROM mine', 2]],
  }),
  kept(
    'of a column that is renamed as well',
    'CREATE VIEW other.v AS SELECT n FROM t WHERE n > 0',
    {
      after: withId({ m: pg.numeric('m') }),
      answers: { rename: ['t.n=m'] },
      holds: [['SELECT count(*)::int FROM other.v', 2]],
    },
  ),
  kept(
    'of a table that moves and whose column takes another type',
    'CREATE VIEW other.v AS SELECT n FROM t WHERE n > 0',
    {
      after: withId({ n: pg.numeric('n') }, undefined, 'u'),
      answers: { rename: ['t=u'] },
      holds: [['SELECT count(*)::int FROM other.v', 2]],
    },
  ),
  {
    name: 'of an enum that is replaced',
    before: mood('a', 'b'),
    byHand: `INSERT INTO t VALUES (1, 'a', 1); CREATE SCHEMA other; CREATE VIEW other.v AS SELECT state FROM t WHERE state = 'a'`,
    after: mood('b', 'a'),
    says,
    holds: [['SELECT count(*)::int FROM other.v', 1]],
  },
])

byHand('a function that PostgreSQL has parsed is put back', [
  kept(
    'with its comment and its grants',
    `CREATE FUNCTION other.g(x int DEFAULT 1) RETURNS bigint STABLE BEGIN ATOMIC SELECT sum(n) FROM t WHERE id >= x; END;
     COMMENT ON FUNCTION other.g(int) IS 'kept'; REVOKE ALL ON FUNCTION other.g(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION other.g(int) TO pg_monitor`,
    {
      holds: [
        ['SELECT other.g()::int', 3],
        [`SELECT obj_description('other.g(int)'::regprocedure, 'pg_proc')`, 'kept'],
        [`SELECT has_function_privilege('pg_monitor', 'other.g(int)', 'EXECUTE')`, true],
        [`SELECT has_function_privilege('pg_read_all_stats', 'other.g(int)', 'EXECUTE')`, false],
      ],
    },
  ),
  kept(
    'with the view, the policy, the default, the check and the procedure that lean on it',
    `CREATE FUNCTION g() RETURNS bigint BEGIN ATOMIC SELECT sum(n) FROM t; END; CREATE VIEW other.v AS SELECT g() AS g;
     CREATE TABLE other.u (n bigint DEFAULT g() CONSTRAINT least CHECK (n <= g())); CREATE POLICY p ON other.u AS RESTRICTIVE FOR SELECT TO pg_monitor USING (n = g());
     COMMENT ON POLICY p ON other.u IS 'kept'; CREATE PROCEDURE other.add() BEGIN ATOMIC INSERT INTO other.u VALUES (g()); END;
     INSERT INTO other.u DEFAULT VALUES`,
    {
      holds: [
        ['SELECT g::int FROM other.v', 3],
        [`SELECT obj_description(oid, 'pg_policy') FROM pg_policy`, 'kept'],
        [`SELECT count(*)::int FROM pg_constraint WHERE conname = 'least'`, 1],
        [`SELECT count(*)::int FROM pg_attrdef WHERE adrelid = 'other.u'::regclass`, 1],
      ],
    },
  ),
  {
    name: 'and one that takes or returns an enum which is replaced',
    before: mood('a', 'b'),
    byHand: `CREATE FUNCTION next(state) RETURNS state LANGUAGE sql AS $$ SELECT 'b'::state $$; CREATE FUNCTION first(state[]) RETURNS state LANGUAGE plpgsql AS $$ BEGIN RETURN $1[1]; END $$`,
    after: mood('b', 'a'),
    says,
    holds: [[`SELECT next(first('{a,b}'))::text`, 'b']],
  },
])

byHand('what else PostgreSQL holds a column with is put back', [
  kept(
    'a publication of some columns and rows',
    'CREATE PUBLICATION "P p" FOR TABLE t (id, n) WHERE (id > 0)',
    {
      since: 15,
      holds: [
        ['SELECT array_length(attnames, 1) FROM pg_publication_tables', 2],
        ['SELECT rowfilter FROM pg_publication_tables', '(id > 0)'],
      ],
    },
  ),
  kept(
    'policies that are excluded',
    `CREATE POLICY hand ON t AS RESTRICTIVE FOR UPDATE TO pg_monitor, pg_read_all_data USING (n > 0) WITH CHECK (n < 9); COMMENT ON POLICY hand ON t IS 'kept'`,
    {
      options: { autogenerate: { exclude: ['policy:*'] } },
      holds: [[`SELECT obj_description(oid, 'pg_policy') FROM pg_policy`, 'kept']],
    },
  ),
  kept(
    'a policy of a table elsewhere that reads it',
    'CREATE TABLE other.u (n int); CREATE POLICY p ON other.u USING (n IN (SELECT n FROM t))',
    {
      holds: [['SELECT count(*)::int FROM pg_policy', 1]],
    },
  ),
])

byHand('what is made in the place of something else', [
  {
    name: 'a table where a view was is replicated as any table',
    before: {
      ...withId({ n: pg.integer('n') }),
      v: pg.pgView('v').as((q) => q.select({ n: sql`1`.as('n') }).from(sql`t`)),
    },
    byHand: "COMMENT ON VIEW v IS 'kept'",
    after: { ...withId({ n: pg.integer('n') }), v: pg.pgTable('v', { n: pg.integer('n') }) },
    holds: [
      [
        "SELECT relreplident::text || obj_description(oid, 'pg_class') FROM pg_class WHERE relname = 'v'",
        'dkept',
      ],
    ],
  },
  {
    name: 'an index with an expression that has statistics of its own: the downgrade brings them back',
    before: withId({ x: pg.text('x') }, ((t: Record<'x', pg.ExtraConfigColumn>) => [
      pg.index('i').on(sql`lower(${t.x})`),
    ]) as never),
    byHand: 'ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300',
    after: withId({ x: pg.text('x') }, ((t: Record<'x', pg.ExtraConfigColumn>) => [
      pg.index('i').on(t.x, sql`lower(${t.x})`),
    ]) as never),
    says: /-- not put back: ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300\n[\s\S]*\n-- \+downgrade\n[\s\S]*\nALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300;/,
  },
  {
    name: 'the same index again, with an enum that is replaced',
    before: (() => {
      const state = pg.pgEnum('state', ['a', 'b'])
      return {
        state,
        t: pg.pgTable('t', { s: state('s') }, (t) => [pg.index('i').on(sql`(${t.s} = 'a')`)]),
      }
    })(),
    byHand: 'ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300',
    after: (() => {
      const state = pg.pgEnum('state', ['b', 'a'])
      return {
        state,
        t: pg.pgTable('t', { s: state('s') }, (t) => [pg.index('i').on(sql`(${t.s} = 'a')`)]),
      }
    })(),
    holds: [["SELECT attstattarget::int FROM pg_attribute WHERE attrelid = 'i'::regclass", 300]],
  },
  {
    name: 'an enum in the place of one that not everybody may use',
    before: mood('a', 'b'),
    byHand: 'REVOKE USAGE ON TYPE state FROM PUBLIC; GRANT USAGE ON TYPE state TO pg_monitor',
    after: mood('b', 'a'),
    holds: [
      ["SELECT has_type_privilege('pg_monitor', 'state', 'USAGE')", true],
      ["SELECT has_type_privilege('pg_signal_backend', 'state', 'USAGE')", false],
    ],
  },
])
