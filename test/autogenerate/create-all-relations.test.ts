import { eq, relations, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'
import { createDatabase } from '../support/postgres.ts'
import { databaseOf } from './comparing.ts'

const definitions = `
  select conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by conname`

describe('create-all: relations', () => {
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
    const database = await databaseOf({ members, people, teams })
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
    const database = await databaseOf({ teams })
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
    const database = await databaseOf({ docs })
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
    const database = await databaseOf({
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
