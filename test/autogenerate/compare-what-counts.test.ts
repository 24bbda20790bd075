import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { diff } from '../../src/schema/diff.ts'
import { compare, databaseOf, databaseWith } from './comparing.ts'

const id = () => pg.integer('id')

describe('compareWithDatabase: what counts', () => {
  test('extension members, partitions, foreign tables, functions and triggers are invisible', async () => {
    const models = { t: pg.pgTable('t', { id: id() }) }
    const database = await databaseOf(models)
    const { live } = await compare(database, models)
    await database.query(`
      CREATE EXTENSION pg_stat_statements;
      CREATE EXTENSION postgres_fdw;
      CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
      CREATE FOREIGN TABLE far (id int) SERVER elsewhere;
      CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
      CREATE TABLE limbeck_history (id bigint GENERATED ALWAYS AS IDENTITY);
      CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touched BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noop();
      ALTER TABLE t ADD EXCLUDE USING btree (id WITH =);
      COMMENT ON TABLE t IS 'hello';
      CREATE TYPE pair AS (a int, b int);
      CREATE DOMAIN short AS text CHECK (length(VALUE) < 3)`)
    const { before, after } = await compare(database, models)
    expect(after).toEqual(before)
    expect(before).toEqual(live)
    await database.query(`
      CREATE TABLE parted (id int) PARTITION BY RANGE (id);
      CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (2)`)
    const { before: parted } = await compare(database, models)
    expect(parted.tables.map(({ name, special }) => ({ name, special }))).toEqual([
      { name: 'parted', special: true },
      { name: 't', special: false },
    ])
  })

  test('what only the database can say is no difference', async () => {
    const parents = pg.pgTable('parents', { id: id().primaryKey() })
    const t = pg.pgTable('t', { id: id().unique('u'), parent: pg.integer() }, (t) => [
      pg
        .foreignKey({ columns: [t.parent], foreignColumns: [parents.id], name: 'f' })
        .onDelete('cascade'),
      pg.check('c', sql`${t.id} > 0`),
      pg.uniqueIndex('i').on(t.id),
    ])
    const database = await databaseOf({ parents, t })
    await database.query(`
      ALTER TABLE t DROP CONSTRAINT u, DROP CONSTRAINT f, DROP CONSTRAINT c,
        ADD CONSTRAINT u UNIQUE (id) INCLUDE (parent) DEFERRABLE,
        ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES parents MATCH FULL ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        ADD CONSTRAINT c CHECK (id > 0) NO INHERIT NOT VALID;
      DROP INDEX i; CREATE UNIQUE INDEX i ON t (id) INCLUDE (parent)`)
    const { before, after } = await compare(database, { parents, t })
    const [c, f, u] = before.tables[1]?.constraints ?? []
    expect(c).toMatchObject({
      definition: 'CHECK ((id > 0))',
      full: 'CHECK ((id > 0)) NO INHERIT',
      validated: false,
    })
    expect(f?.definition).toBe('FOREIGN KEY (parent) REFERENCES parents(id) ON DELETE CASCADE')
    expect(u?.full).toBe('UNIQUE (id) INCLUDE (parent) DEFERRABLE')
    expect(before.tables[1]?.indexes[0]).toMatchObject({
      definition: 'USING btree (id)',
      modelled: false,
    })
    const same = after.tables[1]?.constraints.map(({ definition, full }) => ({ definition, full }))
    expect(same).toEqual(
      [c, f, u].map((item) => ({ definition: item?.definition, full: item?.full })),
    )
  })

  test('the default schema may be another one, and the models may name it', async () => {
    const app = pg.pgSchema('app')
    const a = app.table('a', { id: id().primaryKey() })
    const b = pg.pgTable('b', { a: pg.integer().references(() => a.id) })
    const database = await databaseOf({ app, a })
    await database.query(
      'CREATE TABLE app.b (a integer CONSTRAINT b_a_a_id_fk REFERENCES app.a); CREATE TABLE other (id int)',
    )
    const { before, after } = await compare(database, { app, a, b }, { schema: 'app' })
    expect(after).toEqual(before)
    expect(before.tables.map(({ schema, name }) => [schema, name])).toEqual([
      [undefined, 'a'],
      [undefined, 'b'],
    ])
  })

  test('filters, existing views and further schemas decide what counts', async () => {
    const t = pg.pgTable('t', { id: id() })
    const seen = pg.pgView('seen', { id: id() }).existing()
    const database = await databaseOf({ t })
    await database.query(`CREATE VIEW seen AS SELECT 1 AS id; CREATE TABLE tmp_a (id int); CREATE INDEX raw_i ON t (id);
      CREATE SCHEMA extra; CREATE TABLE extra.e (id int); CREATE SCHEMA unseen; CREATE TABLE unseen.u (id int)`)
    const { before, after } = await compare(
      database,
      { t, seen },
      {
        schemas: ['extra'],
        isCompared: ({ name }) => !/^(tmp|raw)_/.test(name),
      },
    )
    expect(before.tables.map(({ name }) => name)).toEqual(['e', 't'])
    expect(before.schemas).toEqual(['extra'])
    expect({ ...after, schemas: ['extra'] }).toEqual({ ...before, tables: [before.tables[1]] })
  })

  test('a schema with something in it that models cannot say, or that is not compared, is never dropped', async () => {
    const contents = {
      empty: '',
      known:
        'CREATE TABLE s.t (id serial); CREATE TYPE s.e AS ENUM (); CREATE VIEW s.v AS SELECT 1 AS x',
      function: 'CREATE FUNCTION s.f() RETURNS int RETURN 1',
      domain: 'CREATE DOMAIN s.d AS int',
      extension: 'CREATE EXTENSION pg_trgm SCHEMA s',
      version: 'CREATE TABLE s.v (version_num text)',
      excluded: 'CREATE TABLE s.excluded (id int)',
      composite: 'CREATE TYPE s.c AS (a int)',
    }
    const schemas = Object.keys(contents)
    const database = await databaseWith(
      ...Object.entries(contents).map(
        ([name, sql]) =>
          `CREATE SCHEMA ${name}; ${sql.replaceAll('s.', `${name}.`).replace('SCHEMA s', `SCHEMA ${name}`)}`,
      ),
    )
    const { before, after } = await compare(
      database,
      {},
      { schemas, isCompared: ({ name }) => name !== 'excluded' },
    )
    const dropped = diff(before, after).flatMap((operation) =>
      operation.kind === 'drop schema' ? [operation.name] : [],
    )
    expect(dropped).toEqual(['empty', 'known'])
  })
})
