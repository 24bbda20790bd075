import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { failure } from '../support/revisions.ts'

const refused = async (models: Record<string, unknown>) =>
  (await failure(Promise.resolve().then(() => schemaFromModels(models)))).message
const columns = () => ({ id: pg.integer().primaryKey(), m: pg.integer() })
const long = 'x'.repeat(63)

describe('names that PostgreSQL allows only once are refused with both sides', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'two indexes',
      {
        a: pg.pgTable('a', columns(), (t) => [pg.index('same').on(t.m)]),
        b: pg.pgTable('b', columns(), (t) => [pg.index('same').on(t.m)]),
      },
      'index "same" of table "a" and index "same" of table "b" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'two unique constraints',
      {
        a: pg.pgTable('a', columns(), (t) => [pg.unique('same').on(t.m)]),
        b: pg.pgTable('b', columns(), (t) => [pg.unique('same').on(t.m)]),
      },
      'unique constraint "same" of table "a" and unique constraint "same" of table "b" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'an index and a table',
      {
        a: pg.pgTable('a', columns(), (t) => [pg.index('b').on(t.m)]),
        b: pg.pgTable('b', columns()),
      },
      'index "b" of table "a" and table "b" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'a view and a table',
      {
        v: pg.pgView('a', { id: pg.integer() }).as(sql`select 1 as id`),
        a: pg.pgTable('a', columns()),
      },
      'view "a" and table "a" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'an enum and a table',
      { mood: pg.pgEnum('mood', ['ok']), a: pg.pgTable('mood', columns()) },
      'enum "mood" and table "mood" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'a sequence and a table, of a schema',
      (() => {
        const app = pg.pgSchema('app')
        return { s: app.sequence('a'), a: app.table('a', columns()) }
      })(),
      'sequence "app.a" and table "app.a" have the same name, which PostgreSQL allows only once in the schema "app"',
    ],
    [
      'two columns',
      { a: pg.pgTable('a', { x: pg.integer('n'), y: pg.text('n') }) },
      'column "n" of table "a" is declared twice',
    ],
    [
      'a check and a foreign key',
      {
        a: pg.pgTable('a', columns(), (t) => [
          pg.check('same', sql`${t.m} > 0`),
          pg.foreignKey({ name: 'same', columns: [t.m], foreignColumns: [t.id] }),
        ]),
      },
      'check "same" of table "a" and foreign key "same" of table "a" have the same name, which PostgreSQL allows only once in a table',
    ],
    [
      'two tables that differ after 63 bytes',
      { a: pg.pgTable(`${long}1`, columns()), b: pg.pgTable(`${long}2`, columns()) },
      `table "${long}1" and table "${long}2" have the same name in the 63 bytes that PostgreSQL keeps: "${long}"`,
    ],
    [
      'two values of an enum',
      { mood: pg.pgEnum('mood', ['ok', 'ok']) },
      'value "ok" of enum "mood" is declared twice',
    ],
    [
      'the primary key that PostgreSQL names and a table',
      { a: pg.pgTable('a', columns()), b: pg.pgTable('a_pkey', columns()) },
      'primary key "a_pkey" of table "a" and table "a_pkey" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'the sequence of a serial column and a view',
      {
        a: pg.pgTable('a', { id: pg.serial() }),
        v: pg.pgView('a_id_seq', { id: pg.integer() }).as(sql`select 1 as id`),
      },
      'sequence "a_id_seq" of table "a" and view "a_id_seq" have the same name, which PostgreSQL allows only once in a schema',
    ],
    [
      'the sequences of two identity columns',
      {
        a: pg.pgTable('a', { id: pg.integer().generatedAlwaysAsIdentity({ name: 'ids' }) }),
        b: pg.pgTable('b', { id: pg.integer().generatedAlwaysAsIdentity({ name: 'ids' }) }),
      },
      'sequence of column "id" "ids" of table "a" and sequence of column "id" "ids" of table "b" have the same name, which PostgreSQL allows only once in a schema',
    ],
  ])('%s is refused, naming both sides', async (_, models, message) => {
    expect(await refused(models)).toBe(message)
  })

  test('names of different kinds that PostgreSQL keeps apart do not collide', () => {
    const app = pg.pgSchema('app')
    const other = pg.pgTable('b', columns(), (t) => [pg.check('same', sql`${t.m} > 0`)])
    const models = {
      a: pg.pgTable('a', columns(), (t) => [
        pg.index('m').on(t.m),
        pg.check('same', sql`${t.m} > 0`),
      ]),
      other,
      inApp: app.table('a', columns(), (t) => [pg.index('m').on(t.m)]),
    }
    expect(schemaFromModels(models).tables).toHaveLength(3)
    const serial = { a: pg.pgTable('a', { id: pg.serial() }), s: pg.pgSequence('a_id_seq') }
    expect(schemaFromModels(serial).sequences).toHaveLength(1)
  })

  test('the same foreign key declared twice counts once', () => {
    const a = pg.pgTable('a', { id: pg.integer().primaryKey() })
    const b = pg.pgTable('b', { a: pg.integer().references(() => a.id) }, (t) => [
      pg.foreignKey({ columns: [t.a], foreignColumns: [a.id] }),
    ])
    expect(schemaFromModels({ a, b }).tables[1]?.foreignKeys).toHaveLength(1)
  })
})
