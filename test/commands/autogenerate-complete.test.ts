import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'

const id = () => pg.integer('id').primaryKey()
const type = (name: string) => pg.customType<{ data: string }>({ dataType: () => name })
const refusal = async (models: Record<string, unknown>) => {
  const { limbeck, files } = await project()
  const error = await failure(limbeck(models).autogenerate({ message: 'x' }))
  expect(files()).toEqual([])
  return error
}

describe('what cannot be compared is an error, and nothing is written', () => {
  test('a missing extension is one cause, whatever leans on it', async () => {
    const vector = type('vector(3)')
    const docs = pg.pgTable('docs', { id: id(), v: vector('v') }, (t) => [
      pg.index('by_id').on(t.id),
    ])
    const more = Array.from({ length: 5 }, (_, at) =>
      pg.pgTable(`more_${at}`, { id: id(), v: vector('v') }),
    )
    const child = pg.pgTable('child', { doc: pg.integer('doc').references(() => docs.id) })
    const view = pg.pgView('seen', { id: pg.integer() }).as(sql`select id from docs`)
    const { code, message, details } = await refusal({ docs, more, child, view })
    expect(code).toBe('LIMBECK_NOT_COMPARED')
    expect(message.match(/^- /gm)).toHaveLength(1)
    expect(message).toContain('type "vector" does not exist')
    expect(details.hint).toContain('CREATE EXTENSION "vector"')
  })

  test('an operator class tells its extension as well', async () => {
    const t = pg.pgTable('t', { id: id(), x: pg.text('x') }, (self) => [
      pg.index('x_trgm').using('gin', self.x.op('gin_trgm_ops')),
    ])
    const { message, details } = await refusal({ t })
    expect(message).toContain('table "t", index "x_trgm"')
    expect(details.hint).toContain('CREATE EXTENSION "pg_trgm"')
  })

  test('a function that is missing is told with what needs it', async () => {
    const t = pg.pgTable('t', { id: id(), x: pg.integer('x').default(sql`no_such_function()`) })
    const { message } = await refusal({ t })
    expect(message).toContain('table "t"')
    expect(message).toContain('no_such_function()')
  })

  test('a role of a policy that is missing is told, by its own name or as a model', async () => {
    const secured = (to: string) =>
      pg.pgTable('t', { id: id() }, () => [pg.pgPolicy('p', { to, using: sql`true` })])
    expect((await refusal({ t: secured('limbeck_test_nobody') })).message).toContain(
      'limbeck_test_nobody',
    )
    const role = pg.pgRole('limbeck_test_nobody')
    const { details } = await refusal({ t: secured(role.name), role })
    expect(details.hint).toContain('CREATE ROLE "limbeck_test_nobody"')
  })

  test('a foreign key whose target is neither exported nor there is told with both sides', async () => {
    const hidden = pg.pgTable('hidden', { id: id() })
    const t = pg.pgTable('t', { h: pg.integer('h').references(() => hidden.id) })
    const { message, details } = await refusal({ t })
    expect(message).toContain('table "t", foreign key "t_h_hidden_id_fk"')
    expect(message).toContain('table "hidden", is neither among the models nor in the database')
    expect(details.hint).toContain('export it')
  })

  test('a default that is no literal of its type is told with its column', async () => {
    const t = pg.pgTable('t', { id: id(), on: pg.date('on').default('not a date') })
    const { message } = await refusal({ t })
    expect(message).toContain('table "t", default of column "on"')
    expect(message).toContain('invalid input syntax for type date: "not a date"')
  })

  test('but what is excluded may fail', async () => {
    const { limbeck } = await project({ autogenerate: { exclude: ['docs'] } })
    const docs = pg.pgTable('docs', { v: type('vector(3)')('v') })
    const { revisions } = await limbeck({ docs, t: pg.pgTable('t', { id: id() }) }).autogenerate({
      message: 'x',
    })
    expect(revisions).toHaveLength(1)
  })

  test('diff says what it leaves out', async () => {
    const { limbeck } = await project()
    const docs = pg.pgTable('docs', { v: type('vector(3)')('v') })
    const { changes, warnings } = await limbeck({ docs }).diff()
    expect(changes).toEqual([])
    expect(warnings.map(({ object }) => object)).toEqual(['table "docs"'])
  })
})

describe('a default that no row can have', () => {
  const bits = type('bit(3)')
  const table = (columns: Record<string, pg.PgColumnBuilderBase>, extra?: () => never[]) => ({
    t: pg.pgTable('t', { id: id(), ...columns }, extra),
  })
  const kind = pg.pgEnum('kind', ['a', 'b'])

  test.each<[string, pg.PgColumnBuilderBase, string]>([
    ['a text too long', pg.varchar('x', { length: 2 }).default('abcdef'), 'character varying(2)'],
    ['one of a fixed length', pg.char('x', { length: 2 }).default('abcdef'), 'character(2)'],
    [
      'a number with too many digits',
      pg.numeric('x', { precision: 3, scale: 1 }).default('1000'),
      'numeric(3,1)',
    ],
    ['a number out of range', pg.smallint('x').default(100000), 'smallint'],
    ['bits of another length', bits('x').default(sql`B'1'`), 'bit(3)'],
    [
      'an element of an array',
      pg.varchar('x', { length: 2 }).array().default(['ok', 'abcdef']),
      'character varying(2)[]',
    ],
  ])('%s is named with its column', async (_, column, of) => {
    const { code, message, details } = await refusal(table({ x: column }))
    expect(code).toBe('LIMBECK_NOT_COMPARED')
    expect(message).toMatch(/^- column "t\.x": its default .* is no value of its type /m)
    expect(message).toContain(`no value of its type ${of}`)
    expect(details.hint).toContain('give the column a default that fits its type')
  })

  test('all of them at once, others beside them', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 120 }, (_, at) => [
        `c${at}`,
        pg.varchar({ length: 3 }).default(at % 60 === 7 ? 'four' : 'fit'),
      ]),
    )
    const { message } = await refusal(table(many))
    expect(message.match(/^- column "t\.c\d+"/gm)).toEqual(['- column "t.c7"', '- column "t.c67"'])
  })

  test('a default that the domain of its column refuses is told', async () => {
    const { limbeck, files, query } = await project()
    await query('CREATE DOMAIN positive AS integer CHECK (VALUE > 0)')
    const positive = type('positive')
    const models = (value: number) => table({ x: positive('x').default(sql.raw(`${value}`)) })
    expect((await failure(limbeck(models(-1)).autogenerate({ message: 'x' }))).message).toContain(
      'its default',
    )
    expect(files()).toEqual([])
    expect((await limbeck(models(1)).autogenerate({ message: 'x' })).revisions).toHaveLength(1)
  })

  test('a check of the table that refuses it may be meant, to have a value given', async () => {
    const { limbeck } = await project()
    const { warnings, revisions } = await limbeck({
      t: pg.pgTable(
        't',
        { id: id(), x: pg.integer('x').default(0), y: pg.integer('y').default(0) },
        (t) => [
          pg.check('some', sql`${t.x} > 0`),
          pg.check('either', sql`${t.x} > 0 or ${t.y} > 0`),
        ],
      ),
    }).autogenerate({ message: 'x' })
    expect(revisions).toHaveLength(1)
    expect(warnings).toEqual([])
  })

  test('what the database has already is not changed', async () => {
    const { limbeck, query } = await project()
    const old = table({ x: pg.varchar('x', { length: 2 }).default('abcdef') })
    await query("CREATE TABLE t (id int PRIMARY KEY, x varchar(2) DEFAULT 'abcdef')")
    expect(await limbeck(old).diff()).toEqual({ changes: [], warnings: [] })
  })

  test('anything else is let through', async () => {
    const { limbeck, query } = await project()
    await query(
      "CREATE FUNCTION never() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$",
    )
    const { warnings, revisions } = await limbeck({
      kind,
      ...table({
        a: pg.varchar({ length: 2 }).default(sql`never()`),
        b: kind().default('a'),
        c: kind().array().default(['a', 'b']),
        d: pg.jsonb().default({ it: "isn't" }),
        e: pg.timestamp({ precision: 3 }).default(sql`'2020-01-01 00:00:00.123456'`),
        f: pg.numeric({ precision: 3, scale: 1 }).default('9.9999e0'),
        g: pg.char({ length: 2 }).default('a     '),
        h: pg.interval().default('1 day'),
        i: pg.integer().default(sql`(1 / 0)`),
        j: pg.text().default("\\ '' \n"),
        k: bits().default(sql`B'101'`),
        l: pg
          .integer()
          .array()
          .array()
          .default([
            [1, 2],
            [3, 4],
          ]),
        m: pg.varchar({ length: 2 }).default(sql`NULL`),
        n: pg.timestamp({ withTimezone: true }).defaultNow(),
        o: pg.doublePrecision().default(-1.5e-7),
        p: pg.point().default([1, 2]),
        q: pg.inet().default('10.0.0.1/8'),
        r: pg.text().array().default(sql`ARRAY['a']::text[]`),
      }),
    }).autogenerate({ message: 'x' })
    expect(warnings).toEqual([])
    expect(revisions).toHaveLength(1)
  })
})
