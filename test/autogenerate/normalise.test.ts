import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { compare, databaseOf } from './comparing.ts'

/** A check whose text PostgreSQL prints in another way once it is made from that print. */
const unstable = (type: 'varchar' | 'text', values: string) => {
  const t = pg.pgTable('t', { s: type === 'text' ? pg.text() : pg.varchar({ length: 9 }) }, (t) => [
    pg.check('c', sql`${t.s} in (${sql.raw(values)})`),
  ])
  return {
    t,
    v: pg.pgView('v').as((qb) =>
      qb
        .select({ k: sql`'x'`.as('k'), s: t.s })
        .from(t)
        .where(sql`${t.s} in (${sql.raw(values)})`),
    ),
  }
}

const recreate = `
  DO $$ BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW v AS ' || pg_get_viewdef('v'::regclass);
    EXECUTE (SELECT format('ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c %s', pg_get_constraintdef(oid)) FROM pg_constraint WHERE conname = 'c');
  END $$`

describe('texts in several spellings', () => {
  test('are equal, and the live one is kept', async () => {
    const models = unstable('varchar', `'a', 'b'`)
    const database = await databaseOf(models)
    const { before: first } = await compare(database, models)
    await database.query(recreate)
    const { before, after } = await compare(database, models)
    expect(before).not.toEqual(first)
    expect(after).toEqual(before)
  })

  test('are different where they mean another thing', async () => {
    const database = await databaseOf(unstable('varchar', `'a', 'b'`))
    await database.query(recreate)
    const { before, after } = await compare(database, unstable('varchar', `'a', 'c'`))
    expect(after.tables[0]?.constraints[0]?.definition).toContain(`'c'`)
    expect(after.views[0]?.query).toContain(`'c'`)
    expect(before.views[0]?.query).toContain(`'b'`)
  })

  test('are compared over the columns of the models: a change of type spells them anew by itself', async () => {
    const models = (s: ReturnType<typeof pg.text> | ReturnType<typeof pg.varchar>) => ({
      t: pg.pgTable('t', { s }, (t) => [pg.check('c', sql`${t.s} <> 'a'`)]),
    })
    const { before, after } = await compare(
      await databaseOf(models(pg.text())),
      models(pg.varchar()),
    )
    expect(after.tables[0]?.columns[0]?.type).toBe('character varying')
    expect(after.tables[0]?.constraints).toEqual(before.tables[0]?.constraints)
    expect(before.tables[0]?.constraints[0]?.definition).toBe(`CHECK ((s <> 'a'::text))`)
  })
})
