import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, mood, withId } from './by-hand.ts'

const rows = 'INSERT INTO t VALUES (1)'

byHand('what leans on a table that goes', [
  {
    name: 'a function that takes its rows is named',
    before: withId({}),
    byHand: `${rows}; CREATE FUNCTION f(t) RETURNS boolean LANGUAGE sql AS 'SELECT $1.id IS NULL'`,
    after: {},
    says: /^-- fails while function f\(t\) is there\nDROP TABLE/m,
    fails: true,
  },
  {
    name: 'a function that takes its rows is no matter where a column takes another type',
    before: withId({ n: pg.integer('n') }),
    byHand: `${rows}; CREATE FUNCTION f(t) RETURNS boolean LANGUAGE sql AS 'SELECT $1.n IS NULL'`,
    after: withId({ n: pg.bigint('n', { mode: 'number' }) }),
    says: /^(?!.*(fails while [^\n]* is there|DROP FUNCTION))/s,
    holds: [['SELECT f(t) FROM t', true]],
  },
  {
    name: 'a function that takes an enum is put back for one that is replaced',
    before: mood('a', 'b'),
    byHand: `${rows}; CREATE FUNCTION f(state, t) RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f IS 'kept'`,
    after: mood('b'),
    says: /^(?!.*fails while function)/s,
    holds: [["SELECT obj_description('f'::regproc, 'pg_proc')", 'kept']],
  },
  {
    name: 'a publication of some of its columns goes with it',
    since: 15,
    before: withId({}),
    byHand: `${rows}; CREATE PUBLICATION p FOR TABLE t (id)`,
    after: {},
    says: /^(?!.*fails while)/s,
    oneWay: 'whoever publishes a table does so again when it comes back',
  },
  {
    name: 'a view is named, and not put back for an enum that is replaced as well',
    before: mood('a', 'b'),
    byHand: `${rows}; CREATE SCHEMA other; CREATE VIEW other.v AS SELECT state FROM t`,
    after: { state: pg.pgEnum('state', ['b']) },
    says: /^(?!.*CREATE VIEW).*^-- fails while view other\.v is there\nDROP TABLE/ms,
    fails: true,
  },
])

const beside = (name: string, byHand: string, query: string, answer: unknown): HandCase => {
  const other = withId({ k: pg.text('k') }, undefined, 'o')
  return {
    name,
    before: { ...mood('a', 'b', 'c'), ...other },
    byHand: `INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2); ${byHand}`,
    after: { ...mood('b', 'a'), ...other },
    says: /^(?!.*fails while [^\n]* is there)/s,
    holds: [[query, answer]],
  }
}

byHand('what mentions an enum that is replaced, and is on none of its columns', [
  beside(
    'a policy',
    "CREATE POLICY p ON o USING (k = 'a'::state::text)",
    'SELECT count(*)::int FROM pg_policy',
    1,
  ),
  beside(
    'a check',
    "ALTER TABLE o ADD CONSTRAINT c CHECK (k <> 'a'::state::text)",
    "SELECT count(*)::int FROM pg_constraint WHERE conname = 'c'",
    0,
  ),
  beside(
    'a default that the models do not have',
    "ALTER TABLE o ALTER k SET DEFAULT 'a'::state::text",
    "SELECT count(*)::int FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid WHERE relname = 'o'",
    0,
  ),
  beside(
    'statistics of an expression, with a comment',
    "CREATE STATISTICS s ON (state = 'a'), n FROM t; COMMENT ON STATISTICS s IS 'kept'",
    "SELECT obj_description(oid, 'pg_statistic_ext') FROM pg_statistic_ext WHERE stxname = 's'",
    'kept',
  ),
  beside(
    'an exclusion constraint of some rows, with a comment',
    "ALTER TABLE t ADD CONSTRAINT x EXCLUDE (n WITH =) WHERE (state <> 'b'); COMMENT ON CONSTRAINT x ON t IS 'kept'",
    "SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'x'",
    'kept',
  ),
])

const mentioned =
  (...values: [string, ...string[]]) =>
  (value: string) => {
    const state = pg.pgEnum('state', values)
    return {
      state,
      ...withId({
        k: pg.text('k').default(sql.raw(`'${value}'::state::text`)),
        g: pg.boolean('g').generatedAlwaysAs(sql.raw(`'a'::state < 'b'::state AND k <> ''`)),
        s: state('s'),
      }),
    }
  }

byHand('models that mention an enum that is replaced, in columns of other types', [
  {
    name: 'a default and a generated column stay',
    before: mentioned('a', 'b', 'c')('a'),
    byHand: 'INSERT INTO t (id) VALUES (1)',
    after: mentioned('a', 'b')('a'),
    holds: [['SELECT k || g FROM t', 'atrue']],
  },
  {
    name: 'a default becomes another value',
    before: mentioned('a', 'b', 'c')('c'),
    byHand: 'INSERT INTO t (id) VALUES (1)',
    after: mentioned('b', 'a')('b'),
    holds: [['INSERT INTO t (id) VALUES (2) RETURNING k || g', 'bfalse']],
    oneWay: 'the row stays',
  },
])
