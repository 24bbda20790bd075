import { eq, relations, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'
import { createDatabase } from '../support/postgres.ts'

/** Builds the models in a database of their own and hands it over. */
async function createAll(models: Record<string, unknown>) {
  const database = await createDatabase()
  await database.query(createStatements(schemaFromModels(models)).join(';\n'))
  return database
}

const definitions = `
  select conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by conname`

const columnDefaults = `
  select attname as name, pg_get_expr(adbin, adrelid) as definition
  from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
  order by attrelid, attnum`

describe('create-all', () => {
  test('columns have the models’ types, order and nullability', async () => {
    const mood = pg.pgEnum('mood', ['sad', "it's"])
    const things = pg.pgTable('things', {
      id: pg.uuid().defaultRandom().primaryKey(),
      serial: pg.serial(),
      identity: pg.bigint({ mode: 'number' }).generatedByDefaultAsIdentity({ startWith: 5 }),
      name: pg.varchar({ length: 20 }).notNull(),
      price: pg.numeric({ precision: 10, scale: 2 }),
      at: pg.timestamp({ withTimezone: true, precision: 3 }),
      day: pg.date(),
      data: pg.jsonb(),
      grid: pg.integer().array().array(),
      mood: mood().notNull(),
      moods: mood().array(),
      upper: pg.text().generatedAlwaysAs(sql`upper(name)`),
    })
    // The enum is not exported: the column is enough.
    const database = await createAll({ things })
    const rows = await database.query(`
      select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as "notNull"
      from pg_attribute where attrelid = 'things'::regclass and attnum > 0 order by attnum`)
    expect(
      rows.map(({ name, type, notNull }) => `${name} ${type}${notNull ? ' not null' : ''}`),
    ).toEqual([
      'id uuid not null',
      'serial integer not null',
      'identity bigint not null',
      'name character varying(20) not null',
      'price numeric(10,2)',
      'at timestamp(3) with time zone',
      'day date',
      'data jsonb',
      'grid integer[]',
      'mood mood not null',
      'moods mood[]',
      'upper text',
    ])
  })

  test('defaults mean what the models say', async () => {
    const mood = pg.pgEnum('mood', ['sad', "it's"])
    const defaults = pg.pgTable('defaults', {
      id: pg.integer().primaryKey(),
      quote: pg.text().default(`it's "\\" $1 -- ;`),
      yes: pg.boolean().default(true),
      big: pg.bigint({ mode: 'bigint' }).default(9007199254740993n),
      nan: pg.doublePrecision().default(Number.NaN),
      day: pg.date({ mode: 'date' }).default(new Date('2020-02-03T00:00:00Z')),
      json: pg.jsonb().default({ a: 'it\'s \\ "q"' }),
      jsonText: pg.jsonb().default('{"raw": [1]}'),
      jsonNull: pg.jsonb().default(null),
      tags: pg.text().array().default(["it's", 'a,b', '', 'NULL', 'q"\\']),
      mood: mood().default("it's"),
      point: pg.point().default([1, 2.5]),
      points: pg
        .point({ mode: 'xy' })
        .array()
        .default([{ x: 1, y: 2 }]),
      bytes: pg
        .customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })('bytes')
        .default(new Uint8Array([0, 255])),
      zone: pg.text().default(sql`now() at time zone 'utc' || ${"o'x"}`),
    })
    const database = await createAll({ mood, defaults })
    await database.query('insert into defaults (id) values (1)')
    const [row] = await database.query('select * from defaults')
    expect(row).toMatchObject({
      quote: `it's "\\" $1 -- ;`,
      yes: true,
      big: '9007199254740993',
      nan: Number.NaN,
      json: { a: 'it\'s \\ "q"' },
      jsonText: { raw: [1] },
      jsonNull: null,
      tags: ["it's", 'a,b', '', 'NULL', 'q"\\'],
      mood: "it's",
      point: '(1,2.5)',
      points: ['(1,2)'],
    })
    expect(await database.query(columnDefaults)).toContainEqual({
      name: 'jsonNull',
      definition: "'null'::jsonb",
    })
    const [bytes] = await database.query(
      `select bytes = '\\x00ff' as same, day::text from defaults`,
    )
    expect(bytes).toEqual({ same: true, day: '2020-02-03' })
  })

  test('constraints have drizzle-kit’s names, and tables may need each other', async () => {
    const teams = pg.pgTable(
      'teams',
      {
        id: pg.integer().primaryKey(),
        code: pg.text().unique(),
        owner: pg.integer().references((): pg.AnyPgColumn => people.id, { onDelete: 'set null' }),
        parent: pg.integer().references((): pg.AnyPgColumn => teams.id),
      },
      (t) => [pg.unique().on(t.code, t.owner), pg.check('code_set', sql`${t.code} <> ${''}`)],
    )
    const people = pg.pgTable(
      'people',
      {
        id: pg.integer().primaryKey(),
        slug: pg.text(),
        team: pg.integer().references(() => teams.id),
      },
      (t) => [pg.uniqueIndex('people_slug').on(t.slug)],
    )
    const members = pg.pgTable(
      'members',
      { a: pg.integer(), b: pg.integer(), slug: pg.text() },
      (t) => [
        pg.primaryKey({ columns: [t.a, t.b] }),
        pg.foreignKey({ columns: [t.slug], foreignColumns: [people.slug], name: 'by_slug' }),
      ],
    )
    const database = await createAll({ members, people, teams })
    expect(await database.query(definitions)).toEqual(
      [
        ['by_slug', 'FOREIGN KEY (slug) REFERENCES people(slug)'],
        ['code_set', "CHECK ((code <> ''::text))"],
        ['members_a_b_pk', 'PRIMARY KEY (a, b)'],
        ['people_pkey', 'PRIMARY KEY (id)'],
        ['people_team_teams_id_fk', 'FOREIGN KEY (team) REFERENCES teams(id)'],
        ['teams_code_owner_unique', 'UNIQUE (code, owner)'],
        ['teams_code_unique', 'UNIQUE (code)'],
        [
          'teams_owner_people_id_fk',
          'FOREIGN KEY (owner) REFERENCES people(id) ON DELETE SET NULL',
        ],
        ['teams_parent_teams_id_fk', 'FOREIGN KEY (parent) REFERENCES teams(id)'],
        ['teams_pkey', 'PRIMARY KEY (id)'],
      ].map(([name, definition]) => ({ name, definition })),
    )
  })

  test('unique constraints may take nulls as equal', async ({ skip }) => {
    const teams = pg.pgTable('teams', { code: pg.text() }, (t) => [
      pg.unique().on(t.code).nullsNotDistinct(),
    ])
    const [server] = await (await createDatabase()).query('show server_version_num')
    if (Number(server?.server_version_num) < 150_000)
      skip('NULLS NOT DISTINCT came with PostgreSQL 15')
    const database = await createAll({ teams })
    expect(await database.query(definitions)).toEqual([
      { name: 'teams_code_unique', definition: 'UNIQUE NULLS NOT DISTINCT (code)' },
    ])
  })

  test('indexes keep method, order, operator class, expression and condition', async () => {
    const docs = pg.pgTable(
      'docs',
      { title: pg.text(), data: pg.jsonb(), live: pg.boolean(), at: pg.timestamp() },
      (t) => [
        pg.index().on(t.title, t.live),
        pg.index('a').using('gin', t.data.op('jsonb_path_ops')),
        pg.index('b').on(t.at.desc(), t.title.asc().nullsFirst()),
        pg.uniqueIndex('c').on(sql`lower(${t.title})`).where(eq(t.live, true)),
        pg.index('d').on(sql`${t.title} || 'x'`).with({ fillfactor: 70 }),
        pg.index('e').on(t.title.desc().op('text_pattern_ops')),
      ],
    )
    const database = await createAll({ docs })
    const rows = await database.query(
      'select indexdef from pg_indexes order by indexname collate "C"',
    )
    const ours = rows
      .map(({ indexdef }) => String(indexdef))
      .filter((text) => text.includes('public.docs'))
    expect(ours).toEqual([
      'CREATE INDEX a ON public.docs USING gin (data jsonb_path_ops)',
      'CREATE INDEX b ON public.docs USING btree (at DESC NULLS LAST, title NULLS FIRST)',
      'CREATE UNIQUE INDEX c ON public.docs USING btree (lower(title)) WHERE (live = true)',
      `CREATE INDEX d ON public.docs USING btree (((title || 'x'::text))) WITH (fillfactor='70')`,
      'CREATE INDEX docs_title_live_index ON public.docs USING btree (title, live)',
      'CREATE INDEX e ON public.docs USING btree (title text_pattern_ops DESC NULLS LAST)',
    ])
  })

  test('schemas, sequences, views and policies are built; relations and aliases are not', async () => {
    const billing = pg.pgSchema('billing')
    const kind = billing.enum('kind', ['a'])
    const numbers = billing.sequence('numbers', { startWith: 10, increment: 5 })
    const bills = billing.table(
      'bills',
      { id: pg.integer().primaryKey(), kind: kind().default('a') },
      (t) => [
        pg.check('positive', sql`${t.id} > 0`),
        pg.pgPolicy('own', { using: sql`${t.id} > 1` }),
      ],
    )
    const z = pg.pgView('z').as((qb) => qb.select().from(bills).where(eq(bills.kind, 'a')))
    const a = pg.pgMaterializedView('a').as((qb) => qb.select({ id: z.id }).from(z))
    const external = pg.pgView('external', { id: pg.integer() }).existing()
    const models = { a, nested: { bills }, again: bills, external, kind, numbers, z }
    const database = await createAll({
      ...models,
      alias: pg.alias(bills, 'other'),
      billsRelations: relations(bills, () => ({})),
      helper: () => 1,
    })
    expect(
      await database.query(`
        select relnamespace::regnamespace || '.' || relname as name, relkind, relrowsecurity as secure
        from pg_class where relkind in ('r', 'v', 'm', 'S')
        and relnamespace in ('public'::regnamespace, 'billing'::regnamespace) order by 1`),
    ).toEqual([
      { name: 'billing.bills', relkind: 'r', secure: true },
      { name: 'billing.numbers', relkind: 'S', secure: false },
      { name: 'public.a', relkind: 'm', secure: false },
      { name: 'public.z', relkind: 'v', secure: false },
    ])
    expect(
      await database.query(`select nextval('billing.numbers'), nextval('billing.numbers') n`),
    ).toEqual([{ nextval: '10', n: '15' }])
  })

  test('what is unqualified goes where search_path points', async () => {
    const status = pg.pgEnum('status', ['on'])
    const a = pg.pgTable('a', { id: pg.integer().primaryKey(), status: status().default('on') })
    const b = pg.pgTable('b', { a: pg.integer().references(() => a.id) })
    const database = await createDatabase()
    const statements = createStatements(schemaFromModels({ a, b, status }))
    await database.query(
      ['create schema target', 'set local search_path to target', ...statements].join(';\n'),
    )
    const rows = await database.query(
      `select tablename from pg_tables where schemaname = 'target' order by 1`,
    )
    expect(rows).toEqual([{ tablename: 'a' }, { tablename: 'b' }])
  })
})
