import * as pg from 'drizzle-orm/pg-core'

/** What a revision that is tried starts from. */
export const before = { t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text() }) }

/** And what it makes: a column, and an index that is made online. */
export const after = {
  t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text(), b: pg.integer() }, (t) => [
    pg.index('i').on(t.a),
  ]),
}
