import * as pg from 'drizzle-orm/pg-core'
import { byHand, type HandCase, withId } from './by-hand.ts'

const wider = { before: withId({ n: pg.integer('n') }), after: withId({ n: pg.numeric('n') }) }
const f = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`
const trigger = (name: string, byHandToo: string): HandCase => ({
  name,
  ...wider,
  byHand: `${f}; ${byHandToo}; INSERT INTO t VALUES (1, 1)`,
  holds: [["SELECT count(*)::int FROM pg_trigger WHERE tgname = 'hand'", 1]],
})

byHand('a trigger on a column that takes another type is put back', [
  trigger(
    'with WHEN',
    'CREATE TRIGGER hand BEFORE UPDATE ON t FOR EACH ROW WHEN (old.n IS DISTINCT FROM new.n) EXECUTE FUNCTION f()',
  ),
  {
    ...trigger(
      'with a list of columns, a comment, and switched off',
      `CREATE TRIGGER hand BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION f();
       COMMENT ON TRIGGER hand ON t IS 'kept'; ALTER TABLE t DISABLE TRIGGER hand`,
    ),
    holds: [
      ["SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'hand'", 'D'],
      ["SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'hand'", 'kept'],
    ],
  },
])

const told = (name: string, statement: string, says: RegExp, rest: Partial<HandCase> = {}) => ({
  name,
  ...wider,
  byHand: statement,
  says,
  fails: true,
  ...rest,
})

byHand('what else is in the way is named above the statement', [
  told(
    'a function that PostgreSQL has parsed',
    'CREATE FUNCTION g() RETURNS bigint BEGIN ATOMIC SELECT sum(n) FROM t; END',
    /^-- fails while function g\(\) is there\nALTER TABLE .* TYPE/m,
  ),
  told(
    'a view of a schema that is not compared',
    'CREATE SCHEMA other; CREATE VIEW other.v AS SELECT n FROM t',
    /^-- fails while view other\.v is there\nALTER TABLE .* TYPE/m,
  ),
  told(
    'a publication of some rows',
    'CREATE PUBLICATION p FOR TABLE t WHERE (n > 0)',
    /^-- fails while publication of table t in publication p is there\n/m,
    { since: 15 },
  ),
  told(
    'a foreign key of a table that is not compared',
    'CREATE SCHEMA other; CREATE TABLE other.u (n int REFERENCES t)',
    /^-- fails while constraint u_n_fkey on table other\.u is there\nDROP TABLE "t"/m,
    { after: {} },
  ),
  told(
    'a trigger on a column that goes',
    `${f}; CREATE TRIGGER hand BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    /^-- fails while trigger hand on table t is there\nALTER TABLE "t" DROP COLUMN "n"/m,
    { after: withId({}) },
  ),
  told(
    'a function that takes an enum which is replaced',
    'CREATE FUNCTION g(state) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    /^-- fails while function g\(state\) is there\n/m,
    {
      before: { state: pg.pgEnum('state', ['a', 'b']) },
      after: { state: pg.pgEnum('state', ['b', 'a']) },
    },
  ),
])
