import type { CaseTable, Columns } from '../case.ts'

export const defaults: CaseTable = ({ pg, sql, matrix }) => {
  const changed = (name: string, before: Columns, after: Columns) => ({
    name,
    before: { t: pg.pgTable('t', before) },
    after: { t: pg.pgTable('t', after) },
    rows: ['INSERT INTO t DEFAULT VALUES'],
    rowsAfter: ['INSERT INTO t DEFAULT VALUES'],
  })
  const mood = pg.pgEnum('mood', ['sad', "it's"])
  return [
    changed('a default comes', { a: pg.integer('a') }, { a: pg.integer('a').default(1) }),
    changed(
      'a default is another',
      { a: pg.integer('a').default(1) },
      { a: pg.integer('a').default(2) },
    ),
    changed(
      'quotes, backslashes and what looks like a parameter',
      { a: pg.text('a').default(`it's`), b: pg.text('b').default('x') },
      { a: pg.text('a').default(`it's "\\" $1 -- ; \n new line`), b: pg.text('b').default('E\\n') },
    ),
    changed('the empty string is a default', { a: pg.text('a') }, { a: pg.text('a').default('') }),
    changed(
      'numbers: zero, negative, fractions, NaN, infinity',
      {
        a: pg.integer('a'),
        b: pg.real('b').default(1),
        c: pg.doublePrecision('c'),
        d: pg.doublePrecision('d'),
      },
      {
        a: pg.integer('a').default(0),
        b: pg.real('b').default(-1.5),
        c: pg.doublePrecision('c').default(Number.NaN),
        d: pg.doublePrecision('d').default(Number.POSITIVE_INFINITY),
      },
    ),
    changed(
      'bigint beyond what a number holds',
      { a: pg.bigint('a', { mode: 'bigint' }).default(1n) },
      { a: pg.bigint('a', { mode: 'bigint' }).default(9007199254740993n) },
    ),
    changed(
      'numeric as text',
      { a: pg.numeric('a', { precision: 10, scale: 2 }).default('1.5') },
      { a: pg.numeric('a', { precision: 10, scale: 2 }).default('1.50') },
    ),
    changed(
      'booleans',
      { a: pg.boolean('a').default(true) },
      { a: pg.boolean('a').default(false) },
    ),
    changed(
      'dates as text and as Date',
      { a: pg.date('a').default('2020-01-01'), b: pg.timestamp('b') },
      {
        a: pg.date('a').default('2021-01-01'),
        b: pg.timestamp('b').default(new Date('2020-02-03T04:05:06Z')),
      },
    ),
    changed(
      'times that are now',
      { a: pg.timestamp('a').defaultNow(), b: pg.date('b'), c: pg.time('c') },
      {
        a: pg.timestamp('a').default(sql`now() at time zone 'utc'`),
        b: pg.date('b').defaultNow(),
        c: pg.time('c').defaultNow(),
      },
    ),
    changed(
      'an interval, a network, a uuid',
      { a: pg.interval('a'), b: pg.inet('b'), c: pg.uuid('c') },
      {
        a: pg.interval('a').default('1 day'),
        b: pg.inet('b').default('127.0.0.1'),
        c: pg.uuid('c').default('6f1c2f5e-5ff6-4b5c-8c0b-0b0f2f0e7f11'),
      },
    ),
    changed(
      'json objects with quotes',
      { a: pg.jsonb('a').default({}), b: pg.json('b').default([1]) },
      {
        a: pg.jsonb('a').default({ a: `it's \\ "q"`, b: [null, 1.5] }),
        b: pg.json('b').default({ x: 1 }),
      },
    ),
    changed(
      'json that is given as text',
      { a: pg.jsonb('a').default({}) },
      { a: pg.jsonb('a').default('{"raw": [1]}') },
    ),
    changed(
      'json: an empty array, null, a number',
      { a: pg.jsonb('a'), b: pg.jsonb('b'), c: pg.jsonb('c') },
      {
        a: pg.jsonb('a').default([]),
        b: pg.jsonb('b').default(sql`'null'::jsonb`),
        c: pg.jsonb('c').default(42),
      },
    ),
    changed(
      'arrays: empty, with quotes, commas and NULL',
      { a: pg.text('a').array().default([]), b: pg.integer('b').array() },
      {
        a: pg.text('a').array().default(["it's", 'a,b', '', 'NULL', 'q"\\', '{}']),
        b: pg.integer('b').array().default([1, 2]),
      },
    ),
    changed(
      'arrays of arrays',
      { a: matrix(pg.integer('a')) },
      {
        a: matrix(pg.integer('a')).default([
          [1, 2],
          [3, 4],
        ] as never),
      },
    ),
    changed(
      'arrays of booleans, numerics and uuids',
      { a: pg.boolean('a').array(), b: pg.numeric('b').array(), c: pg.uuid('c').array() },
      {
        a: pg.boolean('a').array().default([true, false]),
        b: pg.numeric('b').array().default(['1.10', '2']),
        c: pg.uuid('c').array().default(sql`'{}'::uuid[]`),
      },
    ),
    changed(
      'points and lines',
      { a: pg.point('a').default([1, 2]), b: pg.point('b', { mode: 'xy' }), c: pg.line('c') },
      {
        a: pg.point('a').default([1, 2.5]),
        b: pg.point('b', { mode: 'xy' }).default({ x: 1, y: -2 }),
        c: pg.line('c').default([1, 2, 3]),
      },
    ),
    changed(
      'bytes of a custom type',
      { a: pg.customType<{ data: string }>({ dataType: () => 'bytea' })('a') },
      {
        a: pg
          .customType<{ data: string }>({ dataType: () => 'bytea' })('a')
          .default(sql`'\\x00ff'::bytea`),
      },
    ),
    changed(
      'SQL expressions',
      { a: pg.text('a'), b: pg.integer('b').default(sql`1 + 1`), c: pg.uuid('c') },
      {
        a: pg.text('a').default(sql`current_setting('x.y', true) || ${"o'x"}`),
        b: pg.integer('b').default(sql`(2 + 2) * 3`),
        c: pg.uuid('c').default(sql`gen_random_uuid()`),
      },
    ),
    changed(
      'the same default in another spelling is no change',
      {
        a: pg.text('a').default('x'),
        b: pg.timestamp('b').defaultNow(),
        c: pg.integer('c').default(3),
      },
      {
        a: pg.text('a').default(sql`'x'::text`),
        b: pg.timestamp('b').default(sql`NOW()`),
        c: pg.integer('c').default(sql`3`),
      },
    ),
    {
      name: 'values of an enum, alone and in an array',
      before: { mood, t: pg.pgTable('t', { a: mood('a').default('sad'), b: mood('b').array() }) },
      after: {
        mood,
        t: pg.pgTable('t', {
          a: mood('a').default("it's"),
          b: mood('b').array().default(['sad', "it's"]),
        }),
      },
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
    {
      name: 'the next value of a sequence',
      before: { s: pg.pgSequence('s'), t: pg.pgTable('t', { a: pg.integer('a') }) },
      after: {
        s: pg.pgSequence('s'),
        t: pg.pgTable('t', { a: pg.integer('a').default(sql`nextval('s')`) }),
      },
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
    {
      name: 'a text column whose default reads a sequence',
      before: { t: pg.pgTable('t', { a: pg.text('a') }) },
      after: {
        s: pg.pgSequence('s', { startWith: 5 }),
        t: pg.pgTable('t', { a: pg.text('a').notNull().default(sql`'n' || nextval('s')::text`) }),
      },
      rows: [`INSERT INTO t VALUES ('a')`],
    },
    {
      name: 'a function outside the models',
      given: [`CREATE FUNCTION short_id() RETURNS text LANGUAGE sql AS $$ SELECT 'x'::text $$`],
      before: { t: pg.pgTable('t', { a: pg.text('a') }) },
      after: { t: pg.pgTable('t', { a: pg.text('a').default(sql`short_id()`) }) },
      rows: ['INSERT INTO t DEFAULT VALUES'],
    },
  ]
}
