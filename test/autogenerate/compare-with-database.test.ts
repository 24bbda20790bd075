import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { renderOperations } from '../../src/autogenerate/render.ts'
import { diff } from '../../src/schema/diff.ts'
import { readCatalog } from '../support/catalog.ts'
import { compare, connected, databaseOf, databaseWith } from './comparing.ts'
import { kitchenSink } from './kitchen-sink.ts'

const id = () => pg.integer('id')
const SCHEMA = '"Billing ""x"""'

/** Everything that has a text is made again from what PostgreSQL prints of it, as a dump that is restored does. */
const recreateFromTexts = `
DO $$
DECLARE r record; q text;
BEGIN
  FOR r IN SELECT conrelid::regclass AS t, conname, pg_get_constraintdef(oid) AS d FROM pg_constraint
      WHERE contype = 'c' AND conrelid <> 0 AND connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %3$s', r.t, r.conname, r.d);
  END LOOP;
  FOR r IN SELECT indexrelid::regclass AS i, pg_get_indexdef(indexrelid) AS d FROM pg_index JOIN pg_class c ON c.oid = indexrelid
      WHERE (indexprs IS NOT NULL OR indpred IS NOT NULL) AND relnamespace = 'public'::regnamespace LOOP
    EXECUTE format('DROP INDEX %s', r.i);
    EXECUTE r.d;
  END LOOP;
  FOR r IN SELECT adrelid::regclass AS t, attname, pg_get_expr(adbin, adrelid) AS d FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
      WHERE attgenerated = '' LOOP
    EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT %s', r.t, r.attname, r.d);
  END LOOP;
  FOR r IN SELECT polrelid::regclass AS t, polname, pg_get_expr(polqual, polrelid) AS u FROM pg_policy WHERE polqual IS NOT NULL LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (%s)', r.polname, r.t, r.u);
  END LOOP;
  q := pg_get_viewdef('${SCHEMA}.summary'::regclass);
  DROP MATERIALIZED VIEW ${SCHEMA}.summary;
  EXECUTE 'CREATE OR REPLACE VIEW rich AS ' || pg_get_viewdef('rich'::regclass);
  EXECUTE 'CREATE MATERIALIZED VIEW ${SCHEMA}.summary AS ' || q;
END $$`

describe('compareWithDatabase', () => {
  test('finds nothing right after create-all, and leaves nothing behind', async () => {
    const database = await databaseOf(kitchenSink)
    const catalog = await readCatalog(database)
    const { live, before, after, warnings } = await compare(database, kitchenSink)
    expect(warnings).toEqual([])
    expect(after).toEqual(before)
    expect(before).toEqual(live)
    expect(live.tables.map((table) => table.name)).toEqual(['bills', 'people'])
    expect(await readCatalog(database)).toEqual(catalog)
  })

  test('finds nothing where everything was made again from PostgreSQL’s own texts', async () => {
    const database = await databaseOf(kitchenSink)
    const { live: original } = await compare(database, kitchenSink)
    await database.query(recreateFromTexts)
    const { before, after, warnings } = await compare(database, kitchenSink)
    expect(warnings).toEqual([])
    expect(before, 'PostgreSQL spells them in another way now').not.toEqual(original)
    expect(after).toEqual(before)
  })

  test('an empty database lacks everything, and the shadow shows what', async () => {
    const { live, after, warnings } = await compare(await databaseWith(), kitchenSink)
    expect(warnings).toEqual([])
    const { altersExpressions: _, ...found } = live
    expect(found).toEqual({ schemas: [], enums: [], sequences: [], tables: [], views: [] })
    expect(after.schemas).toEqual(['Billing "x"'])
    expect(after.sequences.map(({ name }) => name)).toEqual(['counter'])
    expect(JSON.stringify(after)).not.toContain('limbeck_shadow')
  })

  test('a changed text is a difference', async () => {
    const models = (limit: string) => {
      const t = pg.pgTable(
        't',
        { id: id().default(sql.raw(limit)), s: pg.varchar({ length: 4 }) },
        (t) => [
          pg.check('c', sql`${t.s} in ('a', ${sql.raw(`'${limit}'`)})`),
          pg
            .index('i')
            .on(t.id)
            .where(sql`${t.id} > ${sql.raw(limit)}`),
          pg.pgPolicy('p', { using: sql`${t.id} > ${sql.raw(limit)}` }),
        ],
      )
      return {
        t,
        v: pg.pgView('v').as((qb) =>
          qb
            .select()
            .from(t)
            .where(sql`${t.id} > ${sql.raw(limit)}`),
        ),
      }
    }
    const { before, after } = await compare(await databaseOf(models('1')), models('2'))
    const texts = ({ tables: [table], views }: typeof before) => [
      table?.columns[0]?.default,
      table?.constraints[0]?.definition,
      table?.indexes[0]?.definition,
      table?.policies[0]?.using,
      views[0]?.query,
    ]
    expect(texts(after)).toEqual(texts(before).map((text) => text?.replace('1', '2')))
  })

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

  test('renames are PostgreSQL’s to carry out, and taken back', async () => {
    const old = pg.pgTable('old', { id: id().primaryKey(), name: pg.text() }, (t) => [
      pg.check('c', sql`${t.name} <> ''`),
      pg.index('i').on(sql`lower(${t.name})`),
    ])
    const renamed = pg.pgTable('renamed', { id: id().primaryKey(), title: pg.text() }, (t) => [
      pg.check('c', sql`${t.title} <> ''`),
      pg.index('i').on(sql`lower(${t.title})`),
    ])
    const database = await databaseOf({ old, v: pg.pgView('v').as((qb) => qb.select().from(old)) })
    const catalog = await readCatalog(database)
    const { live, before, after } = await compare(
      database,
      { renamed },
      {
        renames: [
          { of: 'table', from: { name: 'old' }, to: { name: 'renamed' } },
          { of: 'column', table: { name: 'old' }, from: 'name', to: 'title' },
        ],
      },
    )
    expect(live.tables[0]?.name).toBe('old')
    const parts = ({ tables }: typeof before) =>
      tables.map(({ name, columns, indexes }) => ({ name, columns, indexes }))
    expect(parts(after)).toEqual(parts(before))
    expect(before.views[0]?.query).toContain('title AS name')
    expect(await readCatalog(database)).toEqual(catalog)
  })

  test('two comparisons at once do not disturb each other, nor an open writer', async () => {
    const database = await databaseOf(kitchenSink)
    await connected(database.url, async (writer) => {
      await writer.query(`BEGIN; INSERT INTO people (name) VALUES ('a')`)
      const results = await Promise.all([1, 2].map(() => compare(database, kitchenSink)))
      for (const { before, after } of results) expect(after).toEqual(before)
    })
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

  test('a materialized view that is made again gets its indexes', async () => {
    const models = (type: 'integer' | 'bigint') => {
      const numbers = pg.pgTable('numbers', {
        n: type === 'integer' ? pg.integer('n') : (pg.bigint('n', { mode: 'number' }) as never),
      })
      const copy = pg.pgMaterializedView('copy').as((qb) => qb.select().from(numbers))
      return { numbers, copy }
    }
    const database = await databaseOf(models('integer'))
    await database.query(
      `CREATE INDEX copy_n ON copy (n); GRANT SELECT ON copy TO PUBLIC; COMMENT ON MATERIALIZED VIEW copy IS 'x'`,
    )
    expect(await sameAs(database, models('integer'))).toEqual([])
    const { before, after } = await compare(database, models('bigint'))
    const text = renderOperations(diff(before, after), 'upgrade')
    expect(text, 'what it carries is put back').not.toContain('lost')
    expect(text).toContain('DROP MATERIALIZED VIEW "copy";')
    expect(text).toContain('CREATE INDEX "copy_n" ON "copy" USING btree (n);')
  })
})

async function sameAs(
  database: { readonly url: string },
  models: Readonly<Record<string, unknown>>,
) {
  const { before, after } = await compare(database, models)
  return diff(before, after)
}
