import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { byHand } from './by-hand.ts'

const numbered = (
  id: pg.PgColumnBuilderBase,
  more: Record<string, pg.PgColumnBuilderBase> = {},
) => ({
  t: pg.pgTable('t', { key: pg.integer('key').primaryKey(), id, ...more }),
})
const plain = () => numbered(pg.integer('id').notNull())
const identity = () => numbered(pg.integer('id').generatedByDefaultAsIdentity())
const serial = () => numbered(pg.serial('id'))
const leftover = `CREATE SEQUENCE t_id_seq OWNED BY t.id; SELECT setval('t_id_seq', 7)`
const next = `SELECT nextval(pg_get_serial_sequence('t', 'id'))::int`

byHand('sequences that somebody has had a hand in', [
  {
    name: 'a plain column that owns one under the name of the identity to come',
    before: plain(),
    byHand: leftover,
    after: identity(),
    holds: [[next, 8]],
    holdsAfterAll: [[next, 9]],
  },
  {
    name: 'the same with is_called false, a comment and grants',
    before: plain(),
    byHand: `CREATE SEQUENCE t_id_seq AS smallint INCREMENT 3 MAXVALUE 99 OWNED BY t.id; SELECT setval('t_id_seq', 7, false);
      COMMENT ON SEQUENCE t_id_seq IS 'kept'; GRANT USAGE ON SEQUENCE t_id_seq TO pg_monitor`,
    after: identity(),
    holds: [[next, 7]],
  },
  {
    name: 'the same with rows that have got further',
    before: plain(),
    byHand: `${leftover}; INSERT INTO t VALUES (1, 40)`,
    after: identity(),
    holds: [[next, 41]],
  },
  {
    name: 'that, made serial',
    before: plain(),
    byHand: leftover,
    after: serial(),
    holds: [[next, 8]],
  },
  {
    name: 'a plain column with one of that name that nobody owns, made identity',
    before: plain(),
    byHand: `CREATE SEQUENCE t_id_seq; SELECT setval('t_id_seq', 7)`,
    after: identity(),
  },
  {
    name: 'the same that nobody owns, made serial',
    before: plain(),
    byHand: `CREATE SEQUENCE t_id_seq; SELECT setval('t_id_seq', 7)`,
    after: serial(),
  },
  {
    name: 'a plain column that owns one under another name, made identity',
    before: plain(),
    byHand: `CREATE SEQUENCE mine OWNED BY t.id; SELECT setval('mine', 7)`,
    after: identity(),
  },
  {
    name: 'a default that takes from a sequence that another column owns, made identity',
    before: numbered(pg.integer('id').notNull(), { other: pg.integer('other') }),
    byHand: `CREATE SEQUENCE mine OWNED BY t.other; SELECT setval('mine', 7); ALTER TABLE t ALTER id SET DEFAULT nextval('mine')`,
    after: numbered(pg.integer('id').generatedByDefaultAsIdentity(), {
      other: pg.integer('other'),
    }),
    holds: [[next, 8]],
  },
  {
    name: 'a serial whose sequence was renamed, made identity',
    before: serial(),
    byHand: `SELECT setval('t_id_seq', 7); ALTER SEQUENCE t_id_seq RENAME TO "Other one"`,
    after: identity(),
    holds: [[next, 8]],
  },
  {
    name: 'an identity whose sequence was renamed, made serial',
    before: identity(),
    byHand: `SELECT setval('t_id_seq', 7, false); ALTER SEQUENCE t_id_seq RENAME TO "Other one"`,
    after: serial(),
    holds: [[next, 7]],
  },
  {
    name: 'an identity whose sequence was renamed, made plain',
    before: identity(),
    byHand: `SELECT setval('t_id_seq', 7); ALTER SEQUENCE t_id_seq RENAME TO "Other one"`,
    after: plain(),
    says: /^-- data loss: the position of the sequence "Other one"/m,
  },
  {
    name: 'a serial whose sequence was renamed, and that becomes bigserial',
    before: serial(),
    byHand: `SELECT setval('t_id_seq', 7); ALTER SEQUENCE t_id_seq RENAME TO other`,
    after: numbered(pg.bigserial('id', { mode: 'number' })),
    holds: [[next, 8]],
  },
  {
    name: 'a serial whose sequence nobody owns any more, made identity',
    before: serial(),
    byHand: `SELECT setval('t_id_seq', 7); ALTER SEQUENCE t_id_seq OWNED BY NONE`,
    after: identity(),
    holds: [[next, 8]],
  },
  {
    name: 'a serial whose sequence nobody owns any more, made plain',
    before: serial(),
    byHand: `SELECT setval('t_id_seq', 7); ALTER SEQUENCE t_id_seq OWNED BY NONE`,
    after: plain(),
  },
  {
    name: 'a sequence that two tables share, where the owner becomes identity',
    before: { ...serial(), u: pg.pgTable('u', { n: pg.integer('n') }) },
    byHand: `SELECT setval('t_id_seq', 7); ALTER TABLE u ALTER n SET DEFAULT nextval('t_id_seq')`,
    after: {
      ...identity(),
      u: pg.pgTable('u', { n: pg.integer('n').default(sql`nextval('t_id_seq')`) }),
    },
    holds: [[next, 8]],
  },
])
