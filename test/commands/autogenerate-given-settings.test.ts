import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { project } from './autogenerate-project.ts'

const bytea = pg.customType<{ data: Buffer; default: true }>({ dataType: () => 'bytea' })

/** Constants that PostgreSQL words, or reads, by a setting each. */
const models = (day: string, share: string) => {
  const order = pg.pgEnum('order', ['sad', 'back\\slash'])
  const group = pg.pgTable(
    'group',
    {
      id: pg.serial().primaryKey(),
      select: order().default('back\\slash'),
      born: pg.date().default(day),
      noon: pg.timestamp({ withTimezone: true }).default(sql`'2020-02-03 12:00:00'`),
      gap: pg.interval().default(sql`'-1 day 2:03:04'`),
      share: pg.doublePrecision().default(sql`0.30000000000000004`),
      raw: bytea('raw').default(sql`'\\xdeadbeef'`),
      path: pg.text().default('a\\b'),
    },
    (t) => [
      pg.check('since', sql`${t.born} > '2000-01-02'::date AND ${t.share} <> ${sql.raw(share)}`),
      pg.index('of day').on(t.born).where(sql`${t.gap} < '-1 mon 2:00'::interval`),
      pg.pgPolicy('young', { using: sql`${t.noon} > '2001-02-03 04:05'::timestamptz` }),
    ],
  )
  const view = pg
    .pgView('view')
    .as((qb) => qb.select({ id: group.id }).from(group).where(sql`${group.born} < '2030-01-02'`))
  return { order, group, view }
}
const before = models('2020-02-03', '0.1')
const after = models('2021-02-03', '0.2')

test.for([
  ["DateStyle = 'SQL, DMY'", "DateStyle = 'German'"],
  ["IntervalStyle = 'sql_standard'", "TimeZone = 'Asia/Kathmandu'"],
  ['bytea_output = escape', 'extra_float_digits = -15'],
  ['quote_all_identifiers = on'],
  ['standard_conforming_strings = off', 'escape_string_warning = off'],
])(
  'what a database prefers is no difference, and holds in its copies: %s',
  { timeout: 180_000 },
  async (settings) => {
    const { limbeck, reach, query, name, files, root, url } = await project()
    for (const setting of settings) await query(`ALTER DATABASE "${name}" SET ${setting}`)
    await reach(before)
    expect((await limbeck(before).check()).findings).toEqual([])
    await query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
    const booted = { url, migrations: join(root, 'migrations'), legacy: 'detect' } as const
    expect(await initDb(booted)).toMatchObject({ outcome: 'adopted', applied: [] })

    const { revisions, notTried } = await limbeck(after).autogenerate({ message: 'after' })
    expect(notTried).toBeNull()
    await limbeck(after).upgrade()
    expect((await limbeck(after).check()).findings).toEqual([])
    for (const _ of revisions) await limbeck(after).downgrade('-1')
    expect((await limbeck(before).diff()).changes).toEqual([])
    expect(files()).toHaveLength(1 + revisions.length)
  },
)
