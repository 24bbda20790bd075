import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect } from 'vitest'
import { project } from './autogenerate-project.ts'

export type Models = Record<string, unknown>

/** Changes the models there and back; the facts are the same each time. */
export async function keeps(before: Models, after: Models, given: string, facts: string) {
  const { limbeck, reach, query, text } = await project()
  await reach(before)
  await query(given)
  const origin = await query(facts)
  const { revisions } = await limbeck(after).autogenerate({ message: 'x', allowDataLoss: true })
  await limbeck(after).upgrade()
  expect(await query(facts)).toEqual(origin)
  expect((await limbeck(after).diff()).changes).toEqual([])
  for (const _ of revisions) await limbeck(after).downgrade('-1')
  expect(await query(facts)).toEqual(origin)
  return revisions.map(({ file }) => text(file)).join('\n')
}

export const generated = (expression: string, type = pg.integer()) => ({
  t: pg.pgTable('t', {
    id: pg.integer().primaryKey(),
    n: pg.integer(),
    g: (type as ReturnType<typeof pg.integer>).generatedAlwaysAs(sql.raw(expression)),
  }),
})
export const given = `
  INSERT INTO t VALUES (1, 2);
  COMMENT ON COLUMN t.g IS 'it''s computed';
  ALTER TABLE t ALTER g SET STATISTICS 500;
  ALTER TABLE t ALTER g SET (n_distinct = 5);
  GRANT SELECT (g) ON t TO pg_monitor;
  CREATE STATISTICS both_columns (ndistinct) ON n, g FROM t;
  ALTER TABLE t ADD CONSTRAINT apart EXCLUDE (g WITH =)`
export const facts = `SELECT col_description(attrelid, attnum) AS comment, attstattarget, attoptions, attacl::text,
    (SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxrelid = attrelid) AS statistics,
    (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = attrelid AND contype = 'x') AS exclusion
  FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'g'`
