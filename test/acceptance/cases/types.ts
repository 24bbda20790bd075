import type { CaseTable, Columns } from '../case.ts'

export const types: CaseTable = ({ pg, sql, matrix }) => {
  const changed = (name: string, before: Columns, after: Columns, value: string) => ({
    name,
    before: { t: pg.pgTable('t', before) },
    after: { t: pg.pgTable('t', after) },
    rows: [`INSERT INTO t VALUES (${value})`],
  })
  const a = pg.integer('a')
  return [
    changed(
      'varchar grows and shrinks',
      { a: pg.varchar('a', { length: 5 }) },
      { a: pg.varchar('a', { length: 50 }) },
      `'x'`,
    ),
    changed('varchar ↔ text', { a: pg.varchar('a', { length: 5 }) }, { a: pg.text('a') }, `'x'`),
    changed('integer ↔ bigint', { a }, { a: pg.bigint('a', { mode: 'number' }) }, '1'),
    changed('integer ↔ text', { a }, { a: pg.text('a') }, '1'),
    changed(
      'text ↔ uuid',
      { a: pg.text('a') },
      { a: pg.uuid('a') },
      `'6f1c2f5e-5ff6-4b5c-8c0b-0b0f2f0e7f11'`,
    ),
    changed('text ↔ jsonb', { a: pg.text('a') }, { a: pg.jsonb('a') }, `'{"a": 1}'`),
    changed('json ↔ jsonb', { a: pg.json('a') }, { a: pg.jsonb('a') }, `'{"a": 1}'`),
    changed('text ↔ boolean', { a: pg.text('a') }, { a: pg.boolean('a') }, `'true'`),
    changed('text ↔ timestamp', { a: pg.text('a') }, { a: pg.timestamp('a') }, `'2020-01-01'`),
    changed(
      'timestamp ↔ timestamptz',
      { a: pg.timestamp('a') },
      { a: pg.timestamp('a', { withTimezone: true }) },
      'now()',
    ),
    changed('timestamp ↔ date', { a: pg.timestamp('a') }, { a: pg.date('a') }, 'now()'),
    changed(
      'timestamp gets a precision',
      { a: pg.timestamp('a') },
      { a: pg.timestamp('a', { precision: 3 }) },
      'now()',
    ),
    changed(
      'numeric gets another precision',
      { a: pg.numeric('a', { precision: 10, scale: 2 }) },
      { a: pg.numeric('a', { precision: 12, scale: 4 }) },
      '1.5',
    ),
    changed('numeric ↔ integer', { a: pg.numeric('a') }, { a }, '2'),
    changed('real ↔ numeric', { a: pg.real('a') }, { a: pg.numeric('a') }, '2'),
    changed('text ↔ text[]', { a: pg.text('a') }, { a: pg.text('a').array() }, `'{x}'`),
    changed(
      'an array of another type',
      { a: pg.integer('a').array() },
      { a: pg.bigint('a', { mode: 'number' }).array() },
      `'{1}'`,
    ),
    changed(
      'one and two dimensions are one type',
      { a: pg.integer('a').array() },
      { a: matrix(pg.integer('a')) },
      `'{1}'`,
    ),
    changed(
      'with a default that fits both',
      { a: pg.integer('a').default(1) },
      { a: pg.bigint('a', { mode: 'number' }).default(1) },
      '1',
    ),
    changed(
      'with a default that fits only one',
      { a: pg.text('a').default('x') },
      { a: pg.integer('a').default(7) },
      `'1'`,
    ),
    changed(
      'with a default that goes',
      { a: pg.text('a').default('true') },
      { a: pg.boolean('a') },
      `'true'`,
    ),
    {
      name: 'under an index, a check, a unique constraint and a generated column',
      before: {
        t: pg.pgTable(
          't',
          { a: pg.integer('a').unique(), b: pg.text('b').generatedAlwaysAs(sql`'n' || a`) },
          (t) => [
            pg.index('t_a').on(t.a),
            pg.check('positive', sql`${t.a} > 0`),
            pg.index('t_live').on(t.b).where(sql`${t.a} > 5`),
          ],
        ),
      },
      after: {
        t: pg.pgTable(
          't',
          {
            a: pg.bigint('a', { mode: 'number' }).unique(),
            b: pg.text('b').generatedAlwaysAs(sql`'n' || a`),
          },
          (t) => [
            pg.index('t_a').on(t.a),
            pg.check('positive', sql`${t.a} > 0`),
            pg.index('t_live').on(t.b).where(sql`${t.a} > 5`),
          ],
        ),
      },
      rows: ['INSERT INTO t (a) VALUES (1)'],
    },
    {
      name: 'a check and a partial index with text constants while the type changes',
      before: {
        t: pg.pgTable('t', { a: pg.varchar('a', { length: 10 }) }, (t) => [
          pg.check('known', sql`${t.a} in ('x', 'y')`),
          pg.index('only_x').on(t.a).where(sql`${t.a} = 'x'`),
        ]),
      },
      after: {
        t: pg.pgTable('t', { a: pg.text('a') }, (t) => [
          pg.check('known', sql`${t.a} in ('x', 'y')`),
          pg.index('only_x').on(t.a).where(sql`${t.a} = 'x'`),
        ]),
      },
      rows: [`INSERT INTO t VALUES ('x')`],
      respelled: 'varchar IN (…)',
    },
    {
      name: 'text ↔ integer under an index and a check',
      before: {
        t: pg.pgTable('t', { a: pg.text('a') }, (t) => [
          pg.index('t_a').on(t.a),
          pg.check('set', sql`${t.a} <> ''`),
        ]),
      },
      after: {
        t: pg.pgTable('t', { a: pg.integer('a') }, (t) => [
          pg.index('t_a').on(t.a),
          pg.check('set', sql`${t.a} <> 0`),
        ]),
      },
      rows: [`INSERT INTO t VALUES ('1')`],
    },
    {
      name: 'an operator class that only one type has',
      before: {
        t: pg.pgTable('t', { a: pg.text('a') }, (t) => [
          pg.index('t_a').on(t.a.op('text_pattern_ops')),
        ]),
      },
      after: { t: pg.pgTable('t', { a: pg.integer('a') }, (t) => [pg.index('t_a').on(t.a)]) },
      rows: [`INSERT INTO t VALUES ('1')`],
    },
    {
      name: 'a column that a policy reads',
      before: {
        t: pg.pgTable('t', { a: pg.integer('a') }, () => [pg.pgPolicy('p', { using: sql`a > 1` })]),
      },
      after: {
        t: pg.pgTable('t', { a: pg.bigint('a', { mode: 'number' }) }, () => [
          pg.pgPolicy('p', { using: sql`a > 1` }),
        ]),
      },
    },
    {
      name: 'integer ↔ serial under a foreign key',
      before: (() => {
        const p = pg.pgTable('p', { id: pg.integer('id').primaryKey() })
        return { p, c: pg.pgTable('c', { p: pg.integer('p').references(() => p.id) }) }
      })(),
      after: (() => {
        const p = pg.pgTable('p', { id: pg.serial('id').primaryKey() })
        return { p, c: pg.pgTable('c', { p: pg.integer('p').references(() => p.id) }) }
      })(),
      rows: ['INSERT INTO p VALUES (1)', 'INSERT INTO c VALUES (1)'],
    },
  ]
}
