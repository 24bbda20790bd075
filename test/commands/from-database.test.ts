import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { readCatalog } from '../support/catalog.ts'
import { project } from './autogenerate-project.ts'

const live = `
  CREATE SCHEMA billing;
  CREATE EXTENSION citext SCHEMA billing;
  CREATE EXTENSION btree_gist;
  CREATE TYPE mood AS ENUM ('sad', 'glad');
  CREATE DOMAIN age AS integer DEFAULT 0 NOT NULL CONSTRAINT sane CHECK (VALUE < 150);
  CREATE TYPE pair AS (a integer, b mood);
  CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
  CREATE SEQUENCE numbers START 100;
  CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('numbers') $$;
  CREATE TABLE "User" (id serial PRIMARY KEY, email billing.citext NOT NULL UNIQUE, mood mood DEFAULT 'glad', age age,
    both_of pair, number bigint DEFAULT next_number(), name varchar(20) COLLATE "C",
    lower_name text GENERATED ALWAYS AS (lower(name)) STORED, during tsrange, spans span[],
    CONSTRAINT apart EXCLUDE USING gist (id WITH =, during WITH &&) DEFERRABLE, CHECK (id > 0));
  CREATE TABLE billing.invoices (id bigint GENERATED ALWAYS AS IDENTITY (START 7) PRIMARY KEY,
    "user" integer REFERENCES "User" ON DELETE CASCADE DEFERRABLE, total numeric(10, 2));
  CREATE INDEX drift ON billing.invoices ("user" DESC) INCLUDE (total) WHERE total > 0;
  CREATE STATISTICS both_columns (ndistinct) ON id, total FROM billing.invoices;
  ALTER TABLE billing.invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY mine ON billing.invoices FOR SELECT USING (EXISTS (SELECT FROM "User" u WHERE u.id = "user"));
  CREATE VIEW glad AS SELECT id, email FROM "User" WHERE mood = 'glad';
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM glad;
  CREATE UNIQUE INDEX counted_n ON counted (n);
  CREATE FUNCTION name_of(u "User") RETURNS text LANGUAGE sql AS $$ SELECT u.name $$;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x; y'; RETURN NEW; END $$;
  CREATE TRIGGER touch BEFORE UPDATE OF name ON "User" FOR EACH ROW WHEN (OLD.name IS NULL) EXECUTE FUNCTION touch();
  CREATE TRIGGER off BEFORE INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION touch();
  ALTER TABLE "User" DISABLE TRIGGER off`

const withBilling = { autogenerate: { schemas: ['billing'] } }

test('the written revision makes of an empty database what the live one is', async () => {
  const production = await project(withBilling)
  await production.query(live)
  const written = await production.limbeck({}).fromDatabase({ message: 'as it is' })
  expect(written.notWritten).toEqual([])
  const before = await readCatalog(production)

  await production.limbeck({}).stamp(written.revision)
  const empty = await project({ ...withBilling, migrations: `${production.root}/migrations` })
  await empty.limbeck({}).upgrade()
  const own = (facts: readonly string[]) => facts.filter((fact) => !fact.includes('limbeck_'))
  expect(own(await readCatalog(empty))).toEqual(own(before))
})

test('the models lead on from there, and only the drift is left', async () => {
  const { limbeck, query } = await project()
  await query('CREATE TABLE t (id integer PRIMARY KEY, forgotten text)')
  const { revision } = await limbeck({}).fromDatabase({ message: 'as it is' })
  await limbeck({}).stamp(revision)
  const { changes } = await limbeck({
    t: pg.pgTable('t', { id: pg.integer().primaryKey() }),
  }).diff({ renames: false })
  expect(changes.map(({ sql }) => sql)).toEqual([
    expect.stringContaining('ALTER TABLE "t" DROP COLUMN "forgotten";'),
  ])
})

test('partitions, inheritance, comments, grants and settings come along', async () => {
  const production = await project()
  await production.query(`
    CREATE TABLE events (at date NOT NULL, id bigint, kind text DEFAULT 'x', PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
    CREATE INDEX events_kind ON events (kind);
    CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY HASH (id);
    CREATE TABLE events_2026_0 PARTITION OF events_2026 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    CREATE TABLE events_rest PARTITION OF events DEFAULT;
    ALTER TABLE events_rest ADD CONSTRAINT kinds CHECK (kind <> '');
    CREATE TABLE base (id int, note text DEFAULT 'base');
    CREATE TABLE child (more int) INHERITS (base);
    ALTER TABLE child ALTER note SET DEFAULT 'child';
    CREATE UNLOGGED TABLE cache (k text, v text) WITH (fillfactor = 70);
    ALTER TABLE cache ALTER v SET STORAGE EXTERNAL, ALTER k SET STATISTICS 500, REPLICA IDENTITY FULL;
    CREATE FUNCTION secret() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE ALL ON FUNCTION secret() FROM PUBLIC; GRANT EXECUTE ON FUNCTION secret() TO pg_monitor;
    GRANT SELECT ON events TO pg_monitor; GRANT UPDATE (note) ON base TO PUBLIC;
    COMMENT ON TABLE events IS 'what''s on'; COMMENT ON COLUMN events.kind IS 'a kind'; COMMENT ON INDEX events_kind IS 'an index';
    COMMENT ON FUNCTION secret() IS 'a function'; COMMENT ON CONSTRAINT kinds ON events_rest IS 'a check'`)
  const { notWritten, notTried, revision } = await production
    .limbeck({})
    .fromDatabase({ message: 'x' })
  expect({ notWritten, notTried }).toEqual({ notWritten: [], notTried: null })
  await production.limbeck({}).stamp(revision)
  const empty = await project({ migrations: `${production.root}/migrations` })
  await empty.limbeck({}).upgrade()
  const facts = `
    SELECT c.relname, relkind, relpersistence, reloptions, relreplident, relacl::text, pg_get_partkeydef(c.oid), pg_get_expr(relpartbound, c.oid),
      (SELECT json_agg(json_build_array(attname, attislocal, attinhcount, attstorage, attacl::text, pg_get_expr(adbin, adrelid)) ORDER BY attnum)
         FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = c.oid AND attnum > 0) AS columns,
      (SELECT json_agg(json_build_array(conname, pg_get_constraintdef(k.oid), obj_description(k.oid)) ORDER BY conname) FROM pg_constraint k WHERE conrelid = c.oid),
      (SELECT json_agg(description ORDER BY objsubid) FROM pg_description d WHERE d.objoid = c.oid) AS comments
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relname !~ '^limbeck_' ORDER BY 1`
  expect(await empty.query(facts)).toEqual(await production.query(facts))
  const secret = `SELECT proacl::text, obj_description(oid) FROM pg_proc WHERE proname = 'secret'`
  expect(await empty.query(secret)).toEqual(await production.query(secret))
})

test('a grant to a role that is not everywhere counts where there is one', async () => {
  const { limbeck, query, text } = await project()
  const role = `it's_${randomBytes(6).toString('hex')}`
  await query(`CREATE ROLE "${role}"; CREATE TABLE t (id int); GRANT SELECT ON t TO "${role}"`)
  try {
    const { file, notTried } = await limbeck({}).fromDatabase({ message: 'x' })
    expect(notTried).toBeNull()
    expect(text(file)).toContain(
      `IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role.replace("'", "''")}') THEN GRANT`,
    )
  } finally {
    await query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`)
  }
})

test('what it does not make is named above the statements, with what needs it', async () => {
  const { limbeck, query, text } = await project({ autogenerate: { exclude: ['events'] } })
  await query(`CREATE SCHEMA other;
    CREATE TABLE events (at date PRIMARY KEY);
    CREATE TABLE notes (at date REFERENCES events);
    CREATE VIEW latest AS SELECT max(at) FROM events;
    CREATE RULE ignored AS ON UPDATE TO latest DO INSTEAD NOTHING;
    CREATE VIEW later AS SELECT * FROM latest;
    CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
    CREATE TYPE pair AS (a int);
    CREATE TABLE typed OF pair;
    COMMENT ON TABLE events IS 'not here'`)
  const { file, notWritten } = await limbeck({}).fromDatabase({ message: 'as it is' })
  expect(notWritten).toEqual([
    'table events, which is excluded',
    'table typed, which is of a type',
    'view latest, which needs events, not written',
    'view later, which needs latest, not written',
    'constraint notes_at_fkey on notes, which needs events, not written',
    'rule ignored on latest',
    'operator ===(integer,integer)',
    'comment on events',
    'schema other, which autogenerate.schemas does not name',
  ])
  for (const line of notWritten) expect(text(file)).toContain(`-- not written: ${line}\n`)
})

test('what does not run on an empty database is not written as a revision', async () => {
  const { limbeck, query, files, root } = await project()
  await query(`CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
    CREATE TABLE t (a int CHECK (a === a))`)
  const failure = await limbeck({})
    .fromDatabase({ message: 'x' })
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 'LIMBECK_TRIAL_FAILED',
    message: expect.stringContaining('operator does not exist: integer === integer'),
    details: {
      file: expect.stringMatching(/_x\.sql\.failed$/),
      statement: expect.stringContaining('CREATE TABLE'),
    },
  })
  expect(files()).toEqual([])
  expect(readdirSync(`${root}/migrations`).filter((name) => name.endsWith('.failed'))).toHaveLength(
    1,
  )
  await limbeck({}).fromDatabase({ message: 'x', trial: false })
  expect(files()).toHaveLength(1)
})

test('is the first revision, or one beside the others', async () => {
  const { limbeck, files } = await project()
  await limbeck({}).revision({ message: 'first' })
  const again = limbeck({}).fromDatabase({ message: 'as it is' })
  await expect(again).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  expect(files()).toHaveLength(1)
  await limbeck({}).fromDatabase({ message: 'as it is', head: 'base' })
  expect(files()).toHaveLength(2)
})
