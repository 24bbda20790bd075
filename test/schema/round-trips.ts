/** A change of the schema that is hard to order, tried in both directions. */
export interface RoundTrip {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly rows?: string
  /** Oldest PostgreSQL that can say it. */
  readonly since?: number
}

const parent = (type: string) => `
CREATE TABLE parents (id ${type} PRIMARY KEY, name text);
CREATE TABLE children (id integer PRIMARY KEY, parent_id ${type} REFERENCES parents ON DELETE CASCADE);
CREATE INDEX children_parent ON children (parent_id);
CREATE VIEW family AS SELECT p.id, c.id AS child FROM parents p JOIN children c ON c.parent_id = p.id;
CREATE VIEW big_family AS SELECT id, count(*) AS n FROM family GROUP BY id`

const mood = (values: string, first: string) => `
CREATE TYPE mood AS ENUM (${values});
CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT '${first}', moods mood[] DEFAULT '{${first}}',
  CONSTRAINT not_sad CHECK (mood <> 'sad'::mood OR id > 0), UNIQUE (id, mood));
CREATE INDEX happy ON people (id) WHERE mood = 'happy'::mood;
CREATE INDEX by_mood ON people (mood);
CREATE VIEW happy_people AS SELECT id FROM people WHERE mood = 'happy'::mood;
CREATE POLICY mine ON people USING (mood = 'happy')`

const indexedView = (type: string) => `
CREATE TABLE numbers (id integer PRIMARY KEY, n ${type});
CREATE MATERIALIZED VIEW doubled AS SELECT id, n * 2 AS n FROM numbers;
CREATE UNIQUE INDEX doubled_id ON doubled (id);
CREATE INDEX doubled_n ON doubled (abs(n)) INCLUDE (id) WHERE n > 0`

/** Tables, keys, indexes, enums, views and whole schemas. */
export const RELATION_ROUND_TRIPS: readonly RoundTrip[] = [
  {
    name: 'nothing and everything',
    from: '',
    to: `${parent('uuid')};${mood("'happy', 'sad'", 'sad')}`,
  },
  {
    name: 'a primary key of another type under foreign keys and views',
    from: parent('integer'),
    to: parent('text'),
    rows: `INSERT INTO parents VALUES (1, 'a'); INSERT INTO children VALUES (7, 1)`,
  },
  {
    name: 'a materialized view is made again with its indexes',
    from: indexedView('integer'),
    to: indexedView('bigint'),
    rows: 'INSERT INTO numbers VALUES (1, 2)',
  },
  {
    name: 'a wider primary key',
    from: parent('integer'),
    to: parent('bigint'),
    rows: `INSERT INTO parents VALUES (1, 'a'); INSERT INTO children VALUES (7, 1)`,
  },
  {
    name: 'a circle of foreign keys',
    from: '',
    to: `CREATE TABLE a (id integer PRIMARY KEY, b_id integer); CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);
      ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b; CREATE TABLE self (id integer PRIMARY KEY, up integer REFERENCES self)`,
  },
  {
    name: 'the primary key moves to another column',
    from: `CREATE TABLE a (id integer PRIMARY KEY, code text NOT NULL UNIQUE); CREATE TABLE b (code text REFERENCES a (code), id integer REFERENCES a)`,
    to: `CREATE TABLE a (id integer, code text PRIMARY KEY); CREATE TABLE b (code text REFERENCES a, id integer)`,
  },
  {
    name: 'a unique constraint becomes a unique index under a foreign key',
    from: `CREATE TABLE a (x integer, y integer, CONSTRAINT a_xy UNIQUE (x, y)); CREATE TABLE b (x integer, y integer, CONSTRAINT b_a FOREIGN KEY (x, y) REFERENCES a (x, y))`,
    to: `CREATE TABLE a (x integer, y integer); CREATE UNIQUE INDEX a_xy ON a (x, y); CREATE TABLE b (x integer, y integer, CONSTRAINT b_a FOREIGN KEY (x, y) REFERENCES a (x, y))`,
  },
  {
    name: 'a column that views, indexes, policies, checks and generated columns read',
    from: `CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, twice integer GENERATED ALWAYS AS (a * 2) STORED,
        CONSTRAINT ab CHECK (a < b), CONSTRAINT u UNIQUE (a, id));
      CREATE INDEX i ON t (b) WHERE a > 0; CREATE INDEX t2 ON t (twice); CREATE POLICY p ON t USING (a > 0);
      CREATE TABLE other (id integer); CREATE POLICY q ON other USING (EXISTS (SELECT 1 FROM t WHERE a > 1));
      CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW w AS SELECT a FROM v; ALTER TABLE t ENABLE ROW LEVEL SECURITY`,
    to: `CREATE TABLE t (id integer PRIMARY KEY, b integer, twice integer GENERATED ALWAYS AS (b * 2) STORED,
        CONSTRAINT ab CHECK (0 < b), CONSTRAINT u UNIQUE (b, id));
      CREATE INDEX i ON t (b) WHERE b > 0; CREATE INDEX t2 ON t (twice); CREATE POLICY p ON t USING (b > 0);
      CREATE TABLE other (id integer); CREATE POLICY q ON other USING (EXISTS (SELECT 1 FROM t WHERE b > 1));
      CREATE VIEW v AS SELECT b AS a FROM t; CREATE MATERIALIZED VIEW w AS SELECT a FROM v`,
  },
  {
    name: 'a retyped column that everything reads',
    from: `CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, twice integer GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT ab CHECK (a < b));
      CREATE INDEX i ON t (id) WHERE a > b; CREATE INDEX t2 ON t (twice); CREATE POLICY p ON t USING (a > 0); CREATE VIEW v AS SELECT a, twice FROM t`,
    to: `CREATE TABLE t (id integer PRIMARY KEY, a bigint, b bigint, twice integer GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT ab CHECK (a < b));
      CREATE INDEX i ON t (id) WHERE a > b; CREATE INDEX t2 ON t (twice); CREATE POLICY p ON t USING (a > 0); CREATE VIEW v AS SELECT a, twice FROM t`,
    rows: 'INSERT INTO t (id, a, b) VALUES (1, 2, 3)',
  },
  {
    name: 'two columns of one check become text',
    from: `CREATE TABLE t (a integer, b integer, CONSTRAINT c CHECK (a <> b)); CREATE INDEX i ON t (a) WHERE a IS NOT NULL`,
    to: `CREATE TABLE t (a text, b text, CONSTRAINT c CHECK (a <> b)); CREATE INDEX i ON t (a) WHERE a IS NOT NULL`,
    rows: 'INSERT INTO t VALUES (1, 2)',
  },
  {
    name: 'enum values in another order',
    from: mood("'happy', 'sad', 'so'", 'happy'),
    to: mood("'sad', 'happy', 'so'", 'so'),
    rows: `INSERT INTO people (id) VALUES (1)`,
  },
  {
    name: 'enum values added and used at once',
    from: mood("'happy', 'sad'", 'happy'),
    to: mood("'first', 'happy', 'mid', 'mid2', 'sad', 'last'", 'mid2'),
  },
  {
    name: 'an enum column takes another enum, text and back',
    from: `CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE b AS ENUM ('x', 'y', 'z'); CREATE TABLE t (p a DEFAULT 'x', q a DEFAULT 'x', r text DEFAULT 'x', s b[])`,
    to: `CREATE TYPE b AS ENUM ('z', 'x', 'y'); CREATE TYPE c AS ENUM ('x', 'y'); CREATE TABLE t (p b DEFAULT 'x', q text DEFAULT 'x', r c DEFAULT 'x', s c[])`,
    rows: `INSERT INTO t (s) VALUES ('{x,y}')`,
  },
  {
    name: 'enums of another schema',
    from: `CREATE SCHEMA auth; CREATE TYPE auth.role AS ENUM ('a', 'b'); CREATE TABLE t (r auth.role DEFAULT 'a'); CREATE TABLE auth.u (r auth.role[])`,
    to: `CREATE SCHEMA auth; CREATE TYPE auth.role AS ENUM ('b', 'a'); CREATE TABLE t (r auth.role DEFAULT 'a'); CREATE TABLE auth.u (r auth.role[])`,
  },
  {
    name: 'an index name moves to another table',
    from: `CREATE TABLE a (x integer); CREATE TABLE b (x integer); CREATE INDEX i ON a (x)`,
    to: `CREATE TABLE a (x integer); CREATE TABLE b (x integer); CREATE INDEX i ON b (x)`,
  },
  {
    name: 'index and constraint names go round in a circle',
    from: `CREATE TABLE t (x integer, y integer, z integer, CONSTRAINT u UNIQUE (x, y), CONSTRAINT c CHECK (x > 0), CONSTRAINT d CHECK (y > 0));
      CREATE INDEX i ON t (x); CREATE INDEX j ON t (y); CREATE INDEX k ON t (z)`,
    to: `CREATE TABLE t (x integer, y integer, z integer, CONSTRAINT k UNIQUE (x, y), CONSTRAINT d CHECK (x > 0), CONSTRAINT c CHECK (y > 0));
      CREATE INDEX j ON t (x); CREATE INDEX i ON t (y); CREATE INDEX u ON t (z)`,
  },
  {
    name: 'a table becomes a view of the same name',
    from: `CREATE TABLE t (id integer); CREATE TABLE x (id integer); CREATE VIEW v AS SELECT id FROM x`,
    to: `CREATE TABLE t (id integer); CREATE VIEW x AS SELECT id FROM t; CREATE VIEW v AS SELECT id FROM x`,
  },
  {
    name: 'a schema with everything in it',
    from: 'CREATE TABLE t (id integer PRIMARY KEY)',
    to: `CREATE SCHEMA auth; CREATE SEQUENCE auth.s INCREMENT 5 START 10; CREATE TYPE auth.e AS ENUM ('a''b');
      CREATE TABLE auth."We""ird" (id integer PRIMARY KEY DEFAULT nextval('auth.s'), e auth.e NOT NULL DEFAULT 'a''b'); CREATE VIEW auth.v AS SELECT * FROM auth."We""ird";
      CREATE TABLE t (id integer PRIMARY KEY REFERENCES auth."We""ird")`,
  },
  {
    name: 'a primary key comes, with what is nullable',
    from: 'CREATE TABLE t (a integer, b integer, c integer)',
    to: 'CREATE TABLE t (a integer, b integer NOT NULL, c integer, PRIMARY KEY (a, b))',
  },
  {
    name: 'keys, checks and foreign keys online',
    since: 15,
    from: 'CREATE TABLE a (id integer, x integer, y integer); CREATE TABLE b (a_id integer, a_x integer)',
    to: `CREATE TABLE a (id integer NOT NULL, x integer, y integer, CONSTRAINT a_u UNIQUE (id), CONSTRAINT a_x UNIQUE NULLS NOT DISTINCT (x), CONSTRAINT a_c CHECK (x > 0));
      CREATE INDEX a_i ON a (lower(x::text) DESC) WHERE y > 0; CREATE UNIQUE INDEX a_j ON a USING btree (y);
      CREATE TABLE b (a_id integer REFERENCES a (id), a_x integer); CREATE TABLE c (a_id integer REFERENCES a (id) ON UPDATE SET NULL)`,
    rows: 'INSERT INTO a VALUES (1, 1, 1)',
  },
  {
    name: 'a multi-column key loses a column',
    from: 'CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y), z integer); CREATE TABLE b (x integer, y integer, FOREIGN KEY (x, y) REFERENCES a); CREATE INDEX i ON a (y, z)',
    to: 'CREATE TABLE a (x integer PRIMARY KEY, z integer); CREATE TABLE b (x integer REFERENCES a, y integer); CREATE INDEX i ON a (z)',
  },
  {
    name: 'a view that groups by a primary key',
    from: 'CREATE TABLE t (id integer PRIMARY KEY, n text); CREATE VIEW v AS SELECT id, n, count(*) AS c FROM t GROUP BY id',
    to: 'CREATE TABLE t (id integer, n text PRIMARY KEY); CREATE VIEW v AS SELECT id, n, count(*) AS c FROM t GROUP BY n',
  },
  {
    name: 'options of views, policies and row security',
    from: `CREATE TABLE t (id integer); CREATE VIEW v AS SELECT id FROM t; CREATE POLICY p ON t; ALTER TABLE t ENABLE ROW LEVEL SECURITY`,
    to: `CREATE TABLE t (id integer); CREATE VIEW v WITH (security_barrier = true, check_option = local) AS SELECT id FROM t WHERE id > 0;
      CREATE POLICY p ON t AS RESTRICTIVE FOR SELECT TO current_user USING (id IN (SELECT id FROM v))`,
  },
  {
    name: 'an enum loses a value that only a dropped and a leaving column hold',
    from: `CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (p e, q e, r e DEFAULT 'a'); CREATE INDEX i ON t (q) WHERE q = 'b'`,
    to: `CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (q text, r e DEFAULT 'a')`,
    rows: `INSERT INTO t VALUES ('b', 'b')`,
  },
  {
    name: 'a table goes with everything that points at it',
    from: `CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a); CREATE TABLE b (id integer, a_id integer REFERENCES a);
      CREATE TABLE c (id integer); CREATE POLICY p ON c USING (id IN (SELECT id FROM a)); CREATE POLICY p ON a USING (id IN (SELECT id FROM c)); CREATE VIEW v AS SELECT * FROM a`,
    to: 'CREATE TABLE b (id integer)',
  },
  {
    name: 'a self-referencing key of another type',
    from: 'CREATE TABLE a (id integer PRIMARY KEY, up integer REFERENCES a)',
    to: 'CREATE TABLE a (id text PRIMARY KEY, up text REFERENCES a)',
  },
  {
    name: 'a materialized view becomes a plain one, below another view',
    from: 'CREATE TABLE t (id integer); CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE VIEW v AS SELECT id FROM m',
    to: 'CREATE TABLE t (id integer); CREATE VIEW m AS SELECT id FROM t; CREATE VIEW v AS SELECT id FROM m',
  },
]
