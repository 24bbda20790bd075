import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { project } from './autogenerate-project.ts'

type Models = Record<string, unknown>

/** Applies what leads from one to the other and back; each time nothing differs, and `facts` are what they were. */
async function thereAndBack(before: Models, after: Models, facts: string, given = 'SELECT 1') {
  const { limbeck, reach, query } = await project()
  await reach(before)
  await query(given)
  const origin = await query(facts)
  const { revisions } = await limbeck(after).autogenerate({ message: 'x' })
  expect(revisions.length).toBeGreaterThan(0)
  await limbeck(after).upgrade()
  expect((await limbeck(after).diff()).changes).toEqual([])
  const reached = await query(facts)
  for (const _ of revisions) await limbeck(after).downgrade('-1')
  expect(await query(facts)).toEqual(origin)

  const fresh = await project()
  await fresh.limbeck(after).revision({ message: 'x' })
  await fresh.limbeck(after).createAll()
  expect(await fresh.query(facts)).toEqual(reached)
  return reached
}

const collations = `SELECT attname, attcollation::regcollation::text AS collation, format_type(atttypid, atttypmod) AS type
  FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 1 ORDER BY 1`
const text = (type: string) => ({
  t: pg.pgTable(
    't',
    {
      id: pg.integer().primaryKey(),
      x: pg.customType<{ data: string }>({ dataType: () => type })(),
    },
    (t) => [pg.index('x_idx').on(t.x)],
  ),
})

test('a collation that a custom type says comes, changes and stays with another type', async () => {
  const c = '"C"'
  expect(await thereAndBack(text('text'), text('text collate "C"'), collations)).toMatchObject([
    { collation: c, type: 'text' },
  ])
  await thereAndBack(text('text collate "POSIX"'), text('text collate "C"'), collations)
  await thereAndBack(text('varchar(5)'), text('text collate "C"'), collations)
})

test('a collation by hand stays, also when the type changes', async () => {
  const { limbeck, reach, query } = await project()
  await reach(text('varchar(5)'))
  await query('ALTER TABLE t ALTER x TYPE varchar(5) COLLATE "C"')
  expect((await limbeck(text('varchar(5)')).diff()).changes).toEqual([])
  await limbeck(text('varchar(9)')).autogenerate({ message: 'x' })
  await limbeck(text('varchar(9)')).upgrade()
  expect(await query(collations)).toMatchObject([{ collation: '"C"' }])
  await limbeck(text('varchar(9)')).downgrade('-1')
  expect(await query(collations)).toMatchObject([
    { collation: '"C"', type: 'character varying(5)' },
  ])
})

const keys = `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('p', 'u') ORDER BY 1`
const columns = () => ({ id: pg.integer().primaryKey(), x: pg.integer() })
const bare = { t: pg.pgTable('t', columns()) }

test.each<[string, Models, readonly string[]]>([
  [
    'the primary key',
    { t: pg.pgTable('t', columns(), (t) => [pg.unique('again').on(t.id)]) },
    ['again', 't_pkey'],
  ],
  [
    'another one',
    { t: pg.pgTable('t', columns(), (t) => [pg.unique('u1').on(t.x), pg.unique('u2').on(t.x)]) },
    ['t_pkey', 'u1', 'u2'],
  ],
])('a unique constraint on the columns of %s is one of its own', async (_, models, names) => {
  const reached = await thereAndBack(bare, models, keys)
  expect(reached.map(({ conname }) => conname)).toEqual(names)
})

test('bounds of bigint may be given as the number that a JavaScript file can hold', async () => {
  // biome-ignore lint/correctness/noPrecisionLoss: this is what drizzle-kit writes
  const bounds = { maxValue: 9223372036854775807, minValue: -9223372036854775808 }
  const models = {
    s: pg.pgSequence('s', { ...bounds, startWith: 1 }),
    t: pg.pgTable('t', { id: pg.bigint({ mode: 'number' }).generatedAlwaysAsIdentity(bounds) }),
  }
  const { limbeck, reach, query } = await project()
  await reach(models)
  expect((await limbeck(models).diff()).changes).toEqual([])
  expect(
    await query(
      `SELECT DISTINCT seqmax, seqmin FROM pg_sequence WHERE seqrelid::regclass::text ~ '^(s|t_id_seq)$'`,
    ),
  ).toEqual([{ seqmax: '9223372036854775807', seqmin: '-9223372036854775808' }])
})
