import * as pg from 'drizzle-orm/pg-core'
import { byHand, mood, withId } from './by-hand.ts'

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
    says: /^(?!.*(fails while|DROP FUNCTION))/s,
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
