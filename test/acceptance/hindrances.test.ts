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

byHand('and so is a rule', [
  {
    name: 'with a comment, and switched off',
    ...wider,
    byHand: `CREATE RULE hand AS ON UPDATE TO t WHERE new.n < 0 DO INSTEAD NOTHING;
      COMMENT ON RULE hand ON t IS 'kept'; ALTER TABLE t DISABLE RULE hand`,
    holds: [
      ["SELECT ev_enabled::text FROM pg_rewrite WHERE rulename = 'hand'", 'D'],
      ["SELECT obj_description(oid, 'pg_rewrite') FROM pg_rewrite WHERE rulename = 'hand'", 'kept'],
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

const asText = { after: withId({ n: pg.text('n') }) }

byHand('what else is in the way, and would not fit afterwards, is named above the statement', [
  told(
    'a function that PostgreSQL has parsed',
    'CREATE FUNCTION g() RETURNS bigint BEGIN ATOMIC SELECT sum(n) FROM t; END',
    /^-- fails while function g\(\) is there\nALTER TABLE .* TYPE/m,
    asText,
  ),
  told(
    'a view of a schema that is not compared, with one that leans on it',
    'CREATE SCHEMA other; CREATE VIEW other.v AS SELECT n FROM t; CREATE VIEW other.w AS SELECT n + 1 AS m FROM other.v',
    /^-- fails while view other\.v is there\nALTER TABLE .* TYPE(?!.*DROP VIEW)/ms,
    asText,
  ),
  told(
    'a publication of some rows',
    'CREATE PUBLICATION p FOR TABLE t WHERE (n > 0)',
    /^-- fails while publication of table t in publication p is there\n/m,
    { since: 15, ...asText },
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
    'a function that a generated column uses',
    "CREATE FUNCTION g(state) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$; ALTER TABLE u ADD by_g int GENERATED ALWAYS AS (g('a')) STORED",
    /^-- fails while function g\(state\) is there\n/m,
    {
      before: { ...withId({}, undefined, 'u'), state: pg.pgEnum('state', ['a', 'b']) },
      after: { ...withId({}, undefined, 'u'), state: pg.pgEnum('state', ['b', 'a']) },
      options: { autogenerate: { exclude: ['column:by_g'] } },
    },
  ),
])

const t = (columns: Record<string, pg.PgColumnBuilderBase>) => withId(columns)
const mood = (...values: [string, ...string[]]) => {
  const type = pg.pgEnum('mood', values)
  return { mood: type, ...t({ m: type('m'), n: pg.integer('n') }) }
}

byHand('and what is on the very table but not compared, too', [
  told(
    'a policy that is excluded',
    'CREATE POLICY hand ON t USING (n > 0); CREATE POLICY other ON t USING (true)',
    /^-- fails while policy hand on table t is there\nALTER TABLE .* TYPE/m,
    { ...asText, options: { autogenerate: { exclude: ['policy:*'] } } },
  ),
  told(
    'a generated column that is excluded',
    'ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) STORED',
    /^-- fails while (default value for )?column g of table t is there\nALTER TABLE .* TYPE/m,
    { options: { autogenerate: { exclude: ['column:g'] } } },
  ),
  told(
    'a column of an enum that is replaced',
    'ALTER TABLE t ADD by_hand mood',
    /^-- fails while column by_hand of table t is there\n/m,
    {
      before: mood('a', 'b'),
      after: mood('b', 'a'),
      options: { autogenerate: { exclude: ['column:by_hand'] } },
    },
  ),
  told(
    'a foreign key that is excluded, to a column of a type it cannot be compared with',
    'CREATE TABLE u (n int REFERENCES t)',
    /^-- fails while constraint u_n_fkey on table u is there\nALTER TABLE .* TYPE/m,
    {
      before: t({}),
      after: { t: pg.pgTable('t', { id: pg.text('id').primaryKey() }) },
      options: { autogenerate: { exclude: ['u'] } },
    },
  ),
  told(
    'an exclusion constraint with an expression, where its column goes',
    'ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING btree ((n + 1) WITH =)',
    /^-- fails while constraint apart on table t is there\nALTER TABLE "t" DROP COLUMN "n"/m,
    { after: t({}) },
  ),
  told(
    'a table that has a column of the row type',
    'CREATE SCHEMA other; CREATE TABLE other.u (row t)',
    /^-- fails while column "?row"? of table other\.u is there\nALTER TABLE .* TYPE/m,
  ),
])

const nothingInTheWay = /^(?!.*fails while [^\n]* is there)/s

byHand('what is not in the way goes on', [
  {
    name: 'NOT NULL of a column that goes',
    before: t({ n: pg.integer('n').notNull() }),
    byHand: '',
    after: t({}),
    says: nothingInTheWay,
  },
  {
    name: 'NOT NULL of a column whose type cannot be compared with the old one',
    before: t({ n: pg.integer('n').notNull() }),
    byHand: '',
    after: t({ n: pg.text('n').notNull() }),
    says: nothingInTheWay,
  },
  {
    name: 'a constraint that is not compared, with its column',
    before: t({ n: pg.integer('n') }),
    byHand: 'ALTER TABLE t ADD CONSTRAINT hand CHECK (n > 0 AND id > 0)',
    after: t({}),
    options: { autogenerate: { exclude: ['constraint:hand'] } },
    says: nothingInTheWay,
  },
  {
    name: 'a foreign key of elsewhere to a column that stays comparable',
    before: t({}),
    byHand:
      'CREATE SCHEMA other; CREATE TABLE other.u (n int REFERENCES t); INSERT INTO t VALUES (1); INSERT INTO other.u VALUES (1)',
    after: { t: pg.pgTable('t', { id: pg.bigint('id', { mode: 'number' }).primaryKey() }) },
    holds: [["SELECT count(*)::int FROM pg_constraint WHERE conname = 'u_n_fkey'", 1]],
  },
  {
    name: 'an exclusion constraint with an expression, where its column takes another type',
    ...wider,
    byHand: 'ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING btree ((n + 1) WITH =)',
    oneWay: 'PostgreSQL spells the casts of the expression',
    holds: [["SELECT count(*)::int FROM pg_constraint WHERE contype = 'x'", 1]],
  },
  {
    name: 'extended statistics on an expression',
    ...wider,
    byHand: 'CREATE STATISTICS s ON (n + 1), id FROM t',
    holds: [['SELECT count(*)::int FROM pg_statistic_ext', 1]],
  },
])
