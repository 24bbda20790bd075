import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand } from './by-hand.ts'

const numbered = (
  id: pg.PgColumnBuilderBase,
  more: Record<string, pg.PgColumnBuilderBase> = {},
) => ({
  t: pg.pgTable('t', { key: pg.integer('key').primaryKey(), id, ...more }),
})
const rows = 'INSERT INTO t (key) VALUES (1), (2)'

byHand('serial columns', [
  {
    name: 'one that was made text becomes serial again',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id DROP DEFAULT, ALTER id TYPE text`,
    after: numbered(pg.serial('id')),
    says: /^-- data loss: values of "t"\."id" that do not fit integer\n/m,
    holds: [["SELECT nextval(pg_get_serial_sequence('t', 'id'))::int", 3]],
  },
  {
    name: 'one that was made text with its default becomes serial again',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id TYPE text`,
    after: numbered(pg.serial('id')),
    holds: [["SELECT nextval(pg_get_serial_sequence('t', 'id'))::int", 3]],
  },
  {
    name: 'one that was made text, and is text in the models',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; ALTER TABLE t ALTER id TYPE text`,
    after: numbered(pg.text('id').notNull()),
    holds: [["SELECT string_agg(id, ' ' ORDER BY id) FROM t", '1 2']],
  },
  {
    name: 'one becomes a plain integer: the position of its sequence is asked for',
    before: numbered(pg.serial('id')),
    byHand: rows,
    after: numbered(pg.integer('id')),
    says: /^-- data loss: the position of the sequence "t_id_seq"\n/m,
  },
  {
    name: 'one becomes a plain integer, and another default takes its numbers',
    before: numbered(pg.serial('id'), { n: pg.integer('n') }),
    byHand: `${rows}; ALTER TABLE t ALTER n SET DEFAULT nextval('t_id_seq')`,
    after: numbered(pg.integer('id'), { n: pg.integer('n').default(sql`nextval('t_id_seq')`) }),
    holds: [["SELECT nextval('t_id_seq')::int", 3]],
  },
  {
    name: 'one becomes a plain integer that keeps its default',
    before: numbered(pg.serial('id')),
    byHand: rows,
    after: numbered(pg.integer('id').notNull().default(sql`nextval('t_id_seq')`)),
    holds: [["SELECT nextval('t_id_seq')::int", 3]],
  },
  {
    name: 'one becomes a plain integer, and a default of elsewhere takes its numbers',
    before: numbered(pg.serial('id')),
    byHand: `${rows}; CREATE SCHEMA other; CREATE TABLE other.u (n int DEFAULT nextval('public.t_id_seq'))`,
    after: numbered(pg.integer('id')),
    says: /^-- fails while column n of table other\.u is there\n/m,
    fails: true,
  },
])
