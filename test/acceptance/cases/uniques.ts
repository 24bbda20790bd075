import type { CaseTable } from '../case.ts'

export const uniques: CaseTable = ({ pg }) => {
  type Column = 'a' | 'b'
  /** A table with one unique constraint, or none. */
  const over = (columns: readonly Column[], options: { name?: string; nulls?: boolean } = {}) => ({
    t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b') }, (t) => {
      if (columns.length === 0) return []
      const unique = pg.unique(options.name).on(...(columns.map((name) => t[name]) as [typeof t.a]))
      return [options.nulls ? unique.nullsNotDistinct() : unique]
    }),
  })
  const rows = ['INSERT INTO t VALUES (1, 2), (3, 4)']
  const parent = (unique: 'code' | 'other' | 'renamed') =>
    pg.pgTable('p', { code: pg.text('code').notNull(), other: pg.text('other').notNull() }, (t) => [
      pg.unique(unique === 'renamed' ? 'fresh' : 'stale').on(unique === 'other' ? t.other : t.code),
    ])
  return [
    { name: 'a unique constraint comes', before: over([]), after: over(['a']), rows },
    { name: 'on two columns', before: over(['a']), after: over(['a', 'b']), rows },
    {
      name: 'the order of its columns',
      before: over(['a', 'b'], { name: 'u' }),
      after: over(['b', 'a'], { name: 'u' }),
      rows,
    },
    {
      name: 'another column under the same name',
      before: over(['a'], { name: 'u' }),
      after: over(['b'], { name: 'u' }),
      rows,
    },
    {
      name: 'another name',
      before: over(['a'], { name: 'u' }),
      after: over(['a'], { name: 'V "2"' }),
      rows,
    },
    {
      name: 'nulls are not distinct',
      since: 15,
      before: over(['a']),
      after: over(['a'], { nulls: true }),
      rows,
    },
    {
      name: 'by the column, with a name',
      before: over([]),
      after: { t: pg.pgTable('t', { a: pg.integer('a').unique('one'), b: pg.integer('b') }) },
    },
    {
      name: 'by the column, nulls not distinct',
      since: 15,
      before: over([]),
      after: {
        t: pg.pgTable('t', {
          a: pg.integer('a').unique('one', { nulls: 'not distinct' }),
          b: pg.integer('b'),
        }),
      },
    },
    {
      name: 'two constraints swap their names',
      before: {
        t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b') }, (t) => [
          pg.unique('u1').on(t.a),
          pg.unique('u2').on(t.b),
        ]),
      },
      after: {
        t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b') }, (t) => [
          pg.unique('u2').on(t.a),
          pg.unique('u1').on(t.b),
        ]),
      },
      rows,
    },
    {
      name: 'a unique index becomes a constraint of the same name',
      before: {
        t: pg.pgTable('t', { a: pg.integer('a'), b: pg.integer('b') }, (t) => [
          pg.uniqueIndex('u').on(t.a),
        ]),
      },
      after: over(['a'], { name: 'u' }),
      rows,
    },
    {
      name: 'a unique index under a foreign key becomes a constraint',
      before: (() => {
        const p = pg.pgTable('p', { a: pg.integer('a') }, (t) => [pg.uniqueIndex('u').on(t.a)])
        return { p, c: pg.pgTable('c', { a: pg.integer('a').references(() => p.a) }) }
      })(),
      after: (() => {
        const p = pg.pgTable('p', { a: pg.integer('a') }, (t) => [pg.unique('u').on(t.a)])
        return { p, c: pg.pgTable('c', { a: pg.integer('a').references(() => p.a) }) }
      })(),
      rows: ['INSERT INTO p VALUES (1)', 'INSERT INTO c VALUES (1)'],
    },
    {
      name: 'a primary key becomes a unique constraint under a foreign key',
      before: (() => {
        const p = pg.pgTable('p', { a: pg.integer('a').primaryKey() })
        return { p, c: pg.pgTable('c', { a: pg.integer('a').references(() => p.a) }) }
      })(),
      after: (() => {
        const p = pg.pgTable('p', { a: pg.integer('a').notNull().unique() })
        return { p, c: pg.pgTable('c', { a: pg.integer('a').references(() => p.a) }) }
      })(),
      rows: ['INSERT INTO p VALUES (1)', 'INSERT INTO c VALUES (1)'],
    },
    {
      name: 'swapped under a foreign key',
      before: (() => {
        const p = parent('code')
        return { p, c: pg.pgTable('c', { p: pg.text('p').references(() => p.code) }) }
      })(),
      after: (() => {
        const p = parent('other')
        return { p, c: pg.pgTable('c', { p: pg.text('p').references(() => p.other) }) }
      })(),
      rows: [`INSERT INTO p VALUES ('x', 'x')`, `INSERT INTO c VALUES ('x')`],
    },
    {
      name: 'renamed under a foreign key',
      before: (() => {
        const p = parent('code')
        return { p, c: pg.pgTable('c', { p: pg.text('p').references(() => p.code) }) }
      })(),
      after: (() => {
        const p = parent('renamed')
        return { p, c: pg.pgTable('c', { p: pg.text('p').references(() => p.code) }) }
      })(),
    },
  ]
}
