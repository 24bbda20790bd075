import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { renderOperations } from '../../src/autogenerate/render.ts'
import { diff } from '../../src/schema/diff.ts'
import { readCatalog } from '../support/catalog.ts'
import { compare, connected, databaseOf, databaseWith, sameAs } from './comparing.ts'
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
