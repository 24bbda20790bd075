import type { CaseTable, Columns } from '../case.ts'

export const nullability: CaseTable = ({ pg, sql }) => {
  const one = (column: Columns) => ({ t: pg.pgTable('t', column) })
  const rows = ['INSERT INTO t VALUES (1)']
  return [
    {
      name: 'not null comes',
      before: one({ a: pg.integer('a') }),
      after: one({ a: pg.integer('a').notNull() }),
      rows,
    },
    {
      name: 'not null comes with a default',
      before: one({ a: pg.integer('a') }),
      after: one({ a: pg.integer('a').notNull().default(1) }),
      rows,
    },
    {
      name: 'not null comes with another type',
      before: one({ a: pg.integer('a') }),
      after: one({ a: pg.text('a').notNull() }),
      rows,
    },
    {
      name: 'not null on a column that is called as the table and its key',
      before: { t: pg.pgTable('t', { id: pg.serial('id').primaryKey(), t: pg.integer('t_id') }) },
      after: {
        t: pg.pgTable('t', { id: pg.serial('id').primaryKey(), t: pg.integer('t_id').notNull() }),
      },
    },
    {
      name: 'not null on several columns at once',
      before: one({ a: pg.integer('a'), b: pg.text('b'), c: pg.date('c').notNull() }),
      after: one({ a: pg.integer('a').notNull(), b: pg.text('b').notNull(), c: pg.date('c') }),
      rows: [`INSERT INTO t VALUES (1, 'b', now())`],
    },
    {
      name: 'not null on a column of a primary key that goes',
      before: one({ a: pg.integer('a').primaryKey() }),
      after: one({ a: pg.integer('a').notNull() }),
      rows,
    },
    {
      name: 'a column of a primary key that goes may be null',
      before: one({ a: pg.integer('a').primaryKey() }),
      after: one({ a: pg.integer('a') }),
      rows,
    },
    {
      name: 'not null on a column with an index, a view and a check',
      before: (() => {
        const t = pg.pgTable('t', { a: pg.integer('a') }, (self) => [
          pg.index('i').on(self.a),
          pg.check('c', sql`${self.a} > 0`),
        ])
        return { t, v: pg.pgView('v').as((qb) => qb.select().from(t)) }
      })(),
      after: (() => {
        const t = pg.pgTable('t', { a: pg.integer('a').notNull() }, (self) => [
          pg.index('i').on(self.a),
          pg.check('c', sql`${self.a} > 0`),
        ])
        return { t, v: pg.pgView('v').as((qb) => qb.select().from(t)) }
      })(),
      rows,
    },
    {
      name: 'not null on a column whose name needs quotes',
      before: one({ a: pg.integer('a "b" C') }),
      after: one({ a: pg.integer('a "b" C').notNull() }),
      rows,
    },
  ]
}
