import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { readCatalog } from '../../support/catalog.ts'
import { databaseUrl, onServer } from '../../support/postgres.ts'
import { compare, connected, databaseOf, databaseWith } from '../comparing.ts'
import { kitchenSink } from '../kitchen-sink.ts'

const id = () => pg.integer('id')

describe('what the server cannot build', () => {
  test('is a warning and no difference: an object of its own', async () => {
    const type = pg.customType<{ data: string }>({ dataType: () => 'no_such_type' })
    const models = {
      broken: pg.pgTable('broken', { id: id(), x: type('x') }, (t) => [
        pg.index('broken_i').on(t.id),
      ]),
      fresh: pg.pgTable('fresh', { id: id(), x: type('x') }),
      fine: pg.pgTable('fine', { id: id() }),
      odd: pg.pgView('odd', { id: id() }).as(sql`select no_such_function() as id`),
    }
    const database = await databaseWith(
      `CREATE TYPE mood AS ENUM ('a')`,
      'CREATE TABLE parents (id int PRIMARY KEY)',
      `CREATE TABLE broken (id int REFERENCES parents, m mood)`,
      'CREATE INDEX old ON broken (id)',
      'CREATE TABLE fine (id int)',
      'CREATE VIEW odd AS SELECT id FROM broken',
      'CREATE TABLE gone (id int)',
    )
    const { before, after, warnings } = await compare(database, models)
    expect(warnings).toEqual([
      {
        object: 'table "broken"',
        message:
          'cannot be built, so that nothing is proposed for it (nor for table "fresh"): type "no_such_type" does not exist',
        others: ['table "fresh"'],
        hint: expect.stringContaining('Create what is missing first'),
      },
      {
        object: 'view "odd"',
        message:
          'cannot be built, so that nothing is proposed for it: function no_such_function() does not exist',
        hint: expect.stringContaining('Create what is missing first'),
      },
    ])
    // What it stands on is kept as well; what the models really lack is not.
    expect(after).toEqual({
      ...before,
      tables: before.tables.filter(({ name }) => name !== 'gone'),
    })
  })

  test('is a warning and no difference: a part of a table', async () => {
    const ghost = pg.pgTable('ghost', { id: id() })
    const t = pg.pgTable('t', { id: id(), other: pg.text().notNull() }, (t) => [
      pg.index('i').on(sql`no_such_function(${t.id})`),
      pg.foreignKey({ columns: [t.id], foreignColumns: [ghost.id], name: 'f' }),
      pg.pgPolicy('p', { to: 'no_such_role', using: sql`true` }),
    ])
    const database = await databaseWith(
      'CREATE TABLE t (id int, CONSTRAINT f CHECK (id > 0))',
      'CREATE INDEX i ON t (id)',
      'CREATE INDEX gone ON t (id)',
      'CREATE POLICY old ON t',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
    )
    const { before, after, warnings } = await compare(database, { t })
    expect(warnings.map(({ object }) => object)).toEqual([
      'table "t", index "i"',
      'table "t", foreign key "f"',
      'table "t", policy "p"',
    ])
    const [live] = before.tables
    expect(after.tables[0]).toMatchObject({
      indexes: live?.indexes.filter(({ name }) => name === 'i'),
      constraints: [],
      policies: live?.policies,
    })
    expect(after.tables[0]?.columns).toHaveLength(2)
  })

  test('may stand between things that can be built, in any order', async () => {
    const type = pg.customType<{ data: string }>({ dataType: () => 'no_such_type' })
    const broken = pg.pgTable('broken', { id: id().primaryKey(), x: type('x') })
    const child = pg.pgTable('child', { id: id().references(() => broken.id) })
    // Read off the text, the order of these two is wrong.
    const a = pg.pgView('a', { id: id() }).as(sql`table b`)
    const b = pg.pgView('b', { id: id() }).as(sql`select id from child`)
    const database = await databaseWith(
      'CREATE TABLE broken (id int PRIMARY KEY)',
      'CREATE TABLE child (id int CONSTRAINT child_id_broken_id_fk REFERENCES broken)',
    )
    const { after, warnings } = await compare(database, { a, b, broken, child })
    expect(warnings.map(({ object }) => object)).toEqual(['table "broken"'])
    expect(after.views.map(({ name, reads }) => [name, reads[0]?.name])).toEqual([
      ['a', 'b'],
      ['b', 'child'],
    ])
    expect(after.tables[1]?.constraints[0]?.definition).toBe(
      'FOREIGN KEY (id) REFERENCES broken(id)',
    )
  })

  test('a role that is missing is a warning; policies for it are compared all the same', async () => {
    const role = 'limbeck_test_absent'
    const models = {
      role: pg.pgRole(role),
      t: pg.pgTable('t', { id: id() }, () => [pg.pgPolicy('p', { to: role, using: sql`true` })]),
    }
    const { after, warnings } = await compare(await databaseWith(), models)
    expect(warnings).toEqual([
      {
        object: `role "${role}"`,
        message: 'is not on the server: create-all creates it, a revision does not',
        hint: expect.stringContaining(`CREATE ROLE "${role}"`),
      },
    ])
    expect(after.tables[0]?.policies[0]?.roles).toEqual([role])
    expect(await onServer((sql) => sql`SELECT FROM pg_roles WHERE rolname = ${role}`)).toHaveLength(
      0,
    )
  })
})

describe('the shadow', () => {
  test('takes names that nobody has', async () => {
    const database = await databaseOf(kitchenSink)
    await database.query(
      'CREATE SCHEMA limbeck_shadow_1; CREATE TABLE limbeck_shadow_1.people (id int)',
    )
    const catalog = await readCatalog(database)
    const { before, after, warnings } = await compare(database, kitchenSink)
    expect([after, warnings]).toEqual([before, []])
    expect(await readCatalog(database)).toEqual(catalog)
  })

  test('maps names that SQL of the models qualifies, but not those of functions', async () => {
    const s = pg.pgSchema('s')
    const t = s.table('t', { id: id(), v: pg.integer().default(sql`s.f() + public.g()`) }, (t) => [
      pg.check('c', sql`${t.id} <> length('s.t') and "s".f() > 0`),
    ])
    const u = pg.pgTable('u', { id: pg.integer().default(sql`(select_count('s.t'::regclass))`) })
    const v = pg
      .pgView('v', { n: id() })
      .as(sql`select t.id, public.g() as n from S.t as t join PUBLIC.u using (id)`)
    const functions = [
      'CREATE SCHEMA s',
      `CREATE FUNCTION s.f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'`,
      `CREATE FUNCTION g() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'`,
      `CREATE FUNCTION select_count(regclass) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'`,
    ]
    const { after, warnings } = await compare(await databaseWith(...functions), { s, t, u, v })
    expect(warnings).toEqual([])
    expect(after.tables[0]).toMatchObject({
      schema: 's',
      columns: [{}, { default: '(s.f() + g())' }],
      constraints: [{ definition: `CHECK (((id <> length('s.t'::text)) AND (s.f() > 0)))` }],
    })
    expect(after.tables[1]?.columns[0]?.default).toBe(`select_count('s.t'::regclass)`)
    expect(after.views[0]?.query).toContain('FROM (s.t t\n     JOIN u USING (id))')
  })

  test('needs CREATE on the database, and a refusal says so', async () => {
    const database = await databaseOf(kitchenSink)
    const role = `limbeck_role_${database.name.slice(-6)}`
    await onServer((sql) => sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`))
    try {
      const url = databaseUrl(database.name, { name: role, password: 'secret' })
      await expect(compare({ url }, kitchenSink)).rejects.toMatchObject({
        code: 'LIMBECK_PERMISSION_DENIED',
        details: {
          sqlstate: '42501',
          hint: expect.stringMatching(
            new RegExp(
              `^Grant it: GRANT CREATE ON DATABASE ${database.name} TO ${role};.*autogenerate.shadowUrl`,
            ),
          ),
        },
      })
      const scratch = await databaseWith()
      await connected(scratch.url, async (connection) => {
        const { before, after, warnings } = await compare({ url }, kitchenSink, {}, connection)
        expect([after, warnings]).toEqual([before, []])
      })
      expect(await readCatalog(scratch)).toEqual(await readCatalog(await databaseWith()))
      await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${role}`)
      const { before, after } = await compare({ url }, kitchenSink)
      expect(after).toEqual(before)
    } finally {
      await database.query(`DROP OWNED BY ${role}`)
      await onServer((sql) => sql.unsafe(`DROP ROLE ${role}`))
    }
  })

  test('keeps the names of schemas that a scratch database does not have', async () => {
    const app = pg.pgSchema('App 1')
    const a = app.table('a', { id: pg.serial().primaryKey() })
    const b = pg.pgTable('b', { n: pg.integer().default(sql`nextval('"App 1".a_id_seq')`) })
    const database = await databaseOf({ app, a })
    await database.query(
      `CREATE SCHEMA main; CREATE TABLE main.b (n int DEFAULT nextval('"App 1".a_id_seq'))`,
    )
    await connected((await databaseWith()).url, async (scratch) => {
      const { before, after, warnings } = await compare(
        database,
        { app, a, b },
        { schema: 'main' },
        scratch,
      )
      expect([after, warnings]).toEqual([before, []])
    })
  })

  test('waits no longer than the lock timeout for a table that somebody alters', async () => {
    const database = await databaseOf(kitchenSink)
    await connected(database.url, async (other) => {
      await other.query('BEGIN; LOCK TABLE people')
      await expect(compare(database, kitchenSink, { lockTimeoutMs: 50 })).rejects.toMatchObject({
        code: '55P03',
      })
    })
  })
})
