import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand, mood, withId } from './by-hand.ts'

byHand('what somebody has made by hand outlives a change beside it', [
  {
    name: 'a virtual column, type of what it reads changes',
    before: withId({ n: pg.integer('n'), g: pg.integer('g').generatedAlwaysAs(sql`n + 1`) }),
    byHand:
      'ALTER TABLE t DROP g; ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) VIRTUAL; INSERT INTO t VALUES (1, 1)',
    after: withId({
      n: pg.bigint('n', { mode: 'number' }),
      g: pg.integer('g').generatedAlwaysAs(sql`n + 1`),
    }),
    since: 18,
    holds: [
      [
        "SELECT attgenerated::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'g'",
        'v',
      ],
    ],
  },
  {
    name: 'a virtual column, another expression',
    before: withId({ n: pg.integer('n'), g: pg.integer('g').generatedAlwaysAs(sql`n + 1`) }),
    byHand:
      'ALTER TABLE t DROP g; ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) VIRTUAL; INSERT INTO t VALUES (1, 1)',
    after: withId({ n: pg.integer('n'), g: pg.integer('g').generatedAlwaysAs(sql`n + 2`) }),
    since: 18,
    holds: [
      [
        "SELECT attgenerated::text || g FROM pg_attribute, t WHERE attrelid = 't'::regclass AND attname = 'g'",
        'v3',
      ],
    ],
  },
  {
    name: 'an excluded check over an enum that is replaced',
    before: mood('a', 'b'),
    byHand: `INSERT INTO t VALUES (1, 'a', 1); ALTER TABLE t ADD CONSTRAINT hand CHECK (state = 'a' OR n > 0)`,
    after: mood('b', 'a'),
    options: { autogenerate: { exclude: ['constraint:hand'] } },
  },
  {
    name: 'an excluded index over an enum that is replaced',
    before: mood('a', 'b'),
    byHand: `INSERT INTO t VALUES (1, 'a', 1); CREATE INDEX hand ON t (n) WHERE state = 'a'`,
    after: mood('b', 'a'),
    options: { autogenerate: { exclude: ['index:hand'] } },
  },
  {
    name: 'an index over a function that takes an enum which is replaced',
    before: mood('a', 'b'),
    byHand: `CREATE FUNCTION g(state) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$; CREATE INDEX "By g" ON t (g(state) DESC); COMMENT ON INDEX "By g" IS 'kept'`,
    after: mood('b', 'a'),
    options: { autogenerate: { exclude: ['index:By g'] } },
    holds: [[`SELECT obj_description('"By g"'::regclass, 'pg_class')`, 'kept']],
  },
  {
    name: 'an excluded policy over an enum that is replaced',
    before: mood('a', 'b'),
    byHand: `INSERT INTO t VALUES (1, 'a', 1); CREATE POLICY hand ON t USING (state = 'a')`,
    after: mood('b', 'a'),
    options: { autogenerate: { exclude: ['policy:hand'] } },
  },
  {
    name: 'an excluded table with a default of an enum that is replaced',
    before: mood('a', 'b'),
    byHand: `CREATE TABLE u (s text DEFAULT 'a'::state)`,
    after: mood('b', 'a'),
    options: { autogenerate: { exclude: ['u'] } },
  },
  {
    name: 'a trigger of partitions with column list',
    before: withId({ n: pg.integer('n') }),
    byHand: `DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, n int) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t DEFAULT;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER hand BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    after: withId({ n: pg.numeric('n') }),
    holds: [["SELECT count(*)::int FROM pg_trigger WHERE tgname = 'hand'", 2]],
  },
  {
    name: 'a view over a column with odd names',
    before: withId({ 'N.n"x': pg.integer('N.n"x') }, undefined, 'T.t'),
    byHand: `CREATE SCHEMA "O.o"; CREATE VIEW "O.o"."V""é" AS SELECT "N.n""x" AS "select" FROM "T.t"; COMMENT ON VIEW "O.o"."V""é" IS 'it''s'`,
    after: withId({ 'N.n"x': pg.numeric('N.n"x') }, undefined, 'T.t'),
    holds: [[`SELECT obj_description('"O.o"."V""é"'::regclass)`, "it's"]],
  },
  {
    name: 'views that read two columns that change, in two tables',
    before: {
      ...withId({ n: pg.integer('n') }),
      ...withId({ m: pg.integer('m') }, undefined, 'u'),
    },
    byHand: `CREATE SCHEMA o; CREATE VIEW o.v AS SELECT n, m FROM t JOIN u USING (id); CREATE VIEW o.w AS SELECT n FROM o.v; CREATE MATERIALIZED VIEW o.x AS SELECT m FROM u`,
    after: {
      ...withId({ n: pg.numeric('n') }),
      ...withId({ m: pg.bigint('m', { mode: 'number' }) }, undefined, 'u'),
    },
    holds: [
      [
        "SELECT count(*)::int FROM pg_class WHERE relname IN ('v', 'w', 'x') AND relkind IN ('v', 'm')",
        3,
      ],
    ],
  },
  {
    name: 'a recursive view and one with a window and a CTE',
    before: withId({ n: pg.integer('n') }),
    byHand: `CREATE SCHEMA o; CREATE RECURSIVE VIEW o.r (n) AS SELECT n FROM t UNION ALL SELECT n FROM r WHERE n < 0; CREATE VIEW o.w AS WITH x AS (SELECT n FROM t) SELECT sum(n) OVER (ORDER BY n) AS s FROM x`,
    after: withId({ n: pg.bigint('n', { mode: 'number' }) }),
  },
  {
    name: 'a view that is updated through a rule',
    before: withId({ n: pg.integer('n') }),
    byHand: `CREATE SCHEMA o; CREATE VIEW o.v AS SELECT id, n FROM t; CREATE RULE r AS ON UPDATE TO o.v DO INSTEAD UPDATE t SET n = new.n WHERE id = old.id`,
    after: withId({ n: pg.bigint('n', { mode: 'number' }) }),
    holds: [["SELECT count(*)::int FROM pg_rewrite WHERE rulename = 'r'", 1]],
  },
  {
    name: 'a view of another owner',
    before: withId({ n: pg.integer('n') }),
    byHand: `CREATE SCHEMA o; GRANT CREATE ON SCHEMA o TO pg_monitor; CREATE VIEW o.v AS SELECT n FROM t; ALTER VIEW o.v OWNER TO pg_monitor`,
    after: withId({ n: pg.bigint('n', { mode: 'number' }) }),
    holds: [["SELECT relowner::regrole::text FROM pg_class WHERE relname = 'v'", 'pg_monitor']],
  },
])
