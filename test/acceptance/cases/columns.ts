import type { CaseTable, Columns } from '../case.ts'

export const columns: CaseTable = ({ pg, sql, matrix }) => {
  const id = () => pg.integer('id').primaryKey()
  const u = pg.pgTable('u', { id: id() })
  const plain = pg.pgTable('t', { id: id() })
  const tsvector = pg.customType<{ data: string }>({ dataType: () => 'tsvector' })
  const money = pg.customType<{ data: string }>({ dataType: () => 'money' })
  const sized = pg.customType<{ data: string; config: { length: number } }>({
    dataType: (config) => `varchar(${config?.length})`,
  })
  /** A table of one more column, as before or after. */
  const added = (name: string, column: Columns) => ({
    name: `a column: ${name}`,
    before: { t: plain },
    after: { t: pg.pgTable('t', { id: id(), ...column }) },
    rows: ['INSERT INTO t VALUES (1), (2)'],
  })
  return [
    added('integers', {
      a: pg.smallint('a'),
      b: pg.integer('b'),
      c: pg.bigint('c', { mode: 'bigint' }),
    }),
    added('floats', { a: pg.real('a'), b: pg.doublePrecision('b') }),
    added('numerics', {
      a: pg.numeric('a'),
      b: pg.numeric('b', { precision: 10 }),
      c: pg.numeric('c', { precision: 10, scale: 3 }),
    }),
    added('text', {
      a: pg.text('a'),
      b: pg.varchar('b'),
      c: pg.varchar('c', { length: 7 }),
      d: pg.char('d', { length: 3 }),
    }),
    added('a text that is an enum for TypeScript only', { a: pg.text('a', { enum: ['x', 'y'] }) }),
    added('boolean', { a: pg.boolean('a') }),
    added('dates and times', {
      a: pg.date('a'),
      b: pg.time('b'),
      c: pg.time('c', { precision: 3, withTimezone: true }),
      d: pg.timestamp('d'),
      e: pg.timestamp('e', { precision: 0, withTimezone: true }),
      f: pg.timestamp('f', { mode: 'string', precision: 6 }),
    }),
    added('intervals', {
      a: pg.interval('a'),
      b: pg.interval('b', { fields: 'day to second', precision: 3 }),
      c: pg.interval('c', { fields: 'month' }),
      d: pg.interval('d', { precision: 2 }),
    }),
    added('json', { a: pg.json('a'), b: pg.jsonb('b') }),
    added('uuid and network', {
      a: pg.uuid('a'),
      b: pg.inet('b'),
      c: pg.cidr('c'),
      d: pg.macaddr('d'),
      e: pg.macaddr8('e'),
    }),
    added('geometric', {
      a: pg.point('a'),
      b: pg.line('b', { mode: 'abc' }),
      c: pg.point('c', { mode: 'xy' }),
      d: pg.bit('d', { dimensions: 4 }),
    }),
    added('custom types', {
      a: tsvector('a'),
      b: money('b'),
      c: sized('c', { length: 5 }),
      d: pg.customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })('d'),
    }),
    added('arrays', {
      a: pg.integer('a').array(),
      b: pg.varchar('b', { length: 4 }).array(),
      c: matrix(pg.text('c')),
      d: pg.numeric('d', { precision: 4, scale: 1 }).array().notNull().default(['1.5']),
      e: pg.timestamp('e', { withTimezone: true }).array(),
    }),
    added('serials', {
      a: pg.serial('a'),
      b: pg.smallserial('b'),
      c: pg.bigserial('c', { mode: 'number' }),
    }),
    added('identity by default', { a: pg.integer('a').generatedByDefaultAsIdentity() }),
    added('identity always, with options', {
      a: pg.bigint('a', { mode: 'number' }).generatedAlwaysAsIdentity({
        name: 'numbers',
        startWith: 100,
        increment: 5,
        minValue: 50,
        maxValue: 100000,
        cache: 7,
        cycle: true,
      }),
    }),
    added('generated', {
      a: pg.integer('a').generatedAlwaysAs(sql`id * 2`),
      b: pg.text('b').generatedAlwaysAs(sql`'n' || id::text`),
    }),
    added('a full text vector that is generated', {
      title: pg.text('title'),
      search: tsvector('search').generatedAlwaysAs(
        sql`to_tsvector('english', coalesce(title, ''))`,
      ),
    }),
    added('not null with a default', { a: pg.text('a').notNull().default('x') }),
    added('a default that is volatile', { a: pg.uuid('a').notNull().defaultRandom() }),
    {
      name: 'a column in the middle goes',
      before: {
        t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b'), c: pg.integer('c') }),
      },
      after: { t: pg.pgTable('t', { a: pg.integer('a'), c: pg.integer('c') }) },
      rows: ['INSERT INTO t VALUES (1, 2, 3)'],
    },
    {
      name: 'a column goes with index, check, unique and foreign key',
      before: {
        u,
        t: pg.pgTable(
          't',
          { id: id(), a: pg.integer('a').references(() => u.id), b: pg.integer('b').unique() },
          (t) => [
            pg.index('t_ab').on(t.a, t.b),
            pg.check('ab', sql`${t.a} < ${t.b}`),
            pg.index('t_expr').on(sql`(${t.a} + ${t.b})`),
          ],
        ),
      },
      after: { u, t: pg.pgTable('t', { id: id() }) },
    },
    {
      name: 'columns change places, which PostgreSQL cannot do',
      before: { t: pg.pgTable('t', { a: pg.integer('a'), b: pg.text('b') }) },
      after: { t: pg.pgTable('t', { b: pg.text('b'), a: pg.integer('a') }) },
    },
  ]
}
