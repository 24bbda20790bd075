import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { project } from './autogenerate-project.ts'

type Models = Record<string, unknown>

/** The change from one to the other in a database that was altered by hand: what its files say above their lines, and back again. */
async function changed(before: Models, byHand: string, after: Models, facts: string) {
  const { limbeck, reach, query, text } = await project()
  await reach(before)
  await query(byHand)
  const there = await query(facts)
  const answers = { message: 'x', renames: false, allowDataLoss: true } as const
  const { revisions, notTried } = await limbeck(after).autogenerate(answers)
  expect(notTried).toBeNull()
  await limbeck(after).upgrade()
  expect((await limbeck(after).diff({ renames: false })).changes).toEqual([])
  const between = await query(facts)
  await limbeck(after).downgrade(`-${revisions.length}`)
  expect((await limbeck(before).diff({ renames: false })).changes).toEqual([])
  expect(await query(facts)).toEqual(there)
  const written = revisions.map(({ file }) => text(file).split('-- +downgrade')[0]).join('\n')
  return {
    notes: [...written.matchAll(/^-- (.* (?:is lost|loses .*))$/gm)].map(([, note]) => note),
    between,
  }
}

const t = (id: unknown, more: Models = {}) => ({
  t: pg.pgTable('t', { id, n: pg.text() } as never),
  ...more,
})
const serial = () => t(pg.serial())
const identity = (options = {}) => t(pg.integer().generatedByDefaultAsIdentity(options))
const sequences = `SELECT increment_by::int, min_value::text, max_value::text, cycle, cache_size::int, data_type::text, last_value::text
  FROM pg_sequences WHERE sequencename NOT LIKE 'limbeck%'`
const told =
  'ALTER SEQUENCE t_id_seq INCREMENT BY 5 MINVALUE 0 MAXVALUE 900 CYCLE CACHE 3; INSERT INTO t DEFAULT VALUES'

test('what a serial sequence was told by hand is named where an identity takes its place, and comes back', async () => {
  const { notes, between } = await changed(serial(), told, identity(), sequences)
  expect(notes).toEqual([
    'the sequence behind "id" loses INCREMENT BY 5 MINVALUE 0 MAXVALUE 900 START WITH 1 CACHE 3 CYCLE',
  ])
  expect(between).toMatchObject([{ increment_by: 1, cycle: false }])
})

test('what an identity says is named where a serial takes its place, and comes back', async () => {
  const { notes } = await changed(identity({ increment: 5, cycle: true }), '', serial(), sequences)
  expect(notes).toEqual(['the sequence behind "id" loses INCREMENT BY 5 CYCLE'])
})

test.each([
  ['of another type', pg.bigserial({ mode: 'number' }), told],
  [
    'of a type that cannot have its bounds',
    pg.smallserial(),
    'ALTER SEQUENCE t_id_seq INCREMENT BY 2 MAXVALUE 100000 CACHE 3',
  ],
])('a serial %s keeps what it was told', async (_, id, byHand) => {
  const { between } = await changed(serial(), byHand, t(id), sequences)
  expect(between).toMatchObject([{ cache_size: 3 }])
})

test('a serial column that comes back is told so again', async () => {
  const { notes } = await changed(
    serial(),
    'ALTER SEQUENCE t_id_seq INCREMENT BY 5 CYCLE',
    { t: pg.pgTable('t', { n: pg.text() }) },
    "SELECT increment_by::int, cycle FROM pg_sequences WHERE sequencename NOT LIKE 'limbeck%'",
  )
  expect(notes).toEqual([])
})

test('an identity takes its position from the sequence before, whatever the column owns besides', async () => {
  const numbers = { numbers: pg.pgSequence('numbers') }
  const before = t(pg.integer().notNull().default(sql`nextval('numbers')`), numbers)
  const after = t(pg.integer().generatedByDefaultAsIdentity(), numbers)
  const byHand = "ALTER SEQUENCE numbers OWNED BY t.id; SELECT setval('numbers', 41)"
  const next = "SELECT last_value::int FROM pg_sequences WHERE sequencename LIKE 't%'"
  expect((await changed(before, byHand, after, next)).between).toEqual([{ last_value: 41 }])
  const own = t(pg.serial(), numbers)
  const beside = "ALTER SEQUENCE numbers OWNED BY t.id; SELECT setval('t_id_seq', 41)"
  expect((await changed(own, beside, after, next)).between).toEqual([{ last_value: 41 }])
})

const u = pg.pgTable('u', { a: pg.integer(), b: pg.integer() }, (of) => [
  pg.unique('ua').on(of.a),
  pg.unique('uab').on(of.a, of.b),
])
const keyed = (columns: 'a' | 'ab') => {
  type Column = pg.AnyPgColumn
  const on = (of: { a: Column; b: Column }): [Column, ...Column[]] =>
    columns === 'a' ? [of.a] : [of.a, of.b]
  return {
    u,
    t: pg.pgTable(
      't',
      { a: pg.integer().notNull(), b: pg.integer().notNull(), c: pg.integer() },
      (of) => [
        pg.primaryKey({ name: 'p', columns: on(of) as never }),
        pg.unique(`q_${columns}`).on(...on(of)),
        pg
          .foreignKey({ name: `f_${columns}`, columns: on(of), foreignColumns: on(u) })
          .onDelete('set null'),
        pg.index('i').on(...on(of)),
      ],
    ),
  }
}

test('what a key or an index had by hand is named where another one takes its place, and comes back', async () => {
  const { notes } = await changed(
    keyed('ab'),
    `ALTER TABLE t DROP CONSTRAINT p, ADD CONSTRAINT p PRIMARY KEY (a, b) DEFERRABLE,
      DROP CONSTRAINT q_ab, ADD CONSTRAINT q_ab UNIQUE (a, b) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED,
      DROP CONSTRAINT f_ab, ADD CONSTRAINT f_ab FOREIGN KEY (a, b) REFERENCES u (a, b) MATCH FULL
        ON DELETE SET NULL DEFERRABLE;
    DROP INDEX i; CREATE INDEX i ON t (a, b) INCLUDE (c)`,
    keyed('a'),
    `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype <> 'n'
      UNION SELECT pg_get_indexdef('i'::regclass) ORDER BY 1`,
  )
  expect(new Set(notes)).toEqual(
    new Set([
      'DEFERRABLE of "p" is lost',
      'INCLUDE (c) DEFERRABLE INITIALLY DEFERRED of "q_ab" is lost',
      'MATCH FULL DEFERRABLE of "f_ab" is lost',
      'INCLUDE (c) of "i" is lost',
    ]),
  )
})
