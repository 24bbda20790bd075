import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { databaseOf } from './comparing.ts'

const columnDefaults = `
  select attname as name, pg_get_expr(adbin, adrelid) as definition
  from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
  order by attrelid, attnum`

describe('create-all: columns', () => {
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
    const database = await databaseOf({ things })
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
    const database = await databaseOf({ mood, defaults })
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
})
