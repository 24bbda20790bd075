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
  CREATE SEQUENCE numbers START 100;
  CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('numbers') $$;
  CREATE TABLE "User" (id serial PRIMARY KEY, email billing.citext NOT NULL UNIQUE, mood mood DEFAULT 'glad', age age,
    both_of pair, number bigint DEFAULT next_number(), name varchar(20) COLLATE "C",
    lower_name text GENERATED ALWAYS AS (lower(name)) STORED, during tsrange,
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

test('what it does not make is named above the statements, with what needs it', async () => {
  const { limbeck, query, text } = await project()
  await query(`CREATE SCHEMA other;
    CREATE TABLE events (at date PRIMARY KEY) PARTITION BY RANGE (at);
    CREATE TABLE notes (at date REFERENCES events);
    CREATE VIEW latest AS SELECT max(at) FROM events;
    CREATE RULE ignored AS ON UPDATE TO latest DO INSTEAD NOTHING;
    CREATE VIEW later AS SELECT * FROM latest;
    CREATE TYPE span AS RANGE (subtype = float8);
    GRANT SELECT ON notes TO pg_monitor;
    COMMENT ON TABLE notes IS 'a note'`)
  const { file, notWritten } = await limbeck({}).fromDatabase({ message: 'as it is' })
  expect(notWritten).toEqual([
    'table events, which is partitioned, inherits, or is of a type',
    'view latest, which needs events, not written',
    'view later, which needs latest, not written',
    'constraint notes_at_fkey on notes, which needs events, not written',
    'type span',
    'rule ignored on latest',
    'comments on notes',
    'grants on notes',
    'schema other, which autogenerate.schemas does not name',
  ])
  for (const line of notWritten) expect(text(file)).toContain(`-- not written: ${line}\n`)
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
