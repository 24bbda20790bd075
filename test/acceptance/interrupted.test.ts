import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { newDatabase } from '../support/database.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { withId } from './by-hand.ts'
import type { Models } from './case.ts'
import { readFacts } from './database.ts'

interface Swap {
  readonly name: string
  readonly before: Models
  readonly after: Models
  readonly rows?: string
  /** Writes that both models refuse. */
  readonly refused: string
  /** What the old build does, where it can until the end. */
  readonly works?: string
  /** From each state on and back; the others take turns. */
  readonly bothWays?: true
}

const columns = () => ({ a: pg.text('a'), b: pg.text('b').notNull(), n: pg.integer('n') })
type Extra = (
  table: Record<'id' | 'a' | 'b' | 'n', pg.ExtraConfigColumn>,
) => pg.PgTableExtraConfigValue[]
const t = (extra: Extra) => withId(columns(), extra as never)
const pointing = (action: 'cascade' | 'set null') => {
  const target = pg.pgTable('u', { id: pg.integer('id').primaryKey() })
  const key = (it: { n: pg.ExtraConfigColumn }) => [
    pg
      .foreignKey({ name: 'k', columns: [it.n as never], foreignColumns: [target.id] })
      .onDelete(action),
  ]
  return { target, ...withId({ n: pg.integer('n') }, key as never) }
}

const swaps: readonly Swap[] = [
  {
    name: 'a unique index',
    bothWays: true,
    before: t((it) => [pg.uniqueIndex('i').on(it.a)]),
    after: t((it) => [pg.uniqueIndex('i').on(it.a, it.b)]),
    refused: "INSERT INTO t VALUES (9, 'x', 'y', 1)",
  },
  {
    name: 'a unique constraint',
    before: t((it) => [pg.unique('k').on(it.a as never)]),
    after: t((it) => [pg.unique('k').on(it.a as never, it.b as never)]),
    refused: "INSERT INTO t VALUES (9, 'x', 'y', 1)",
  },
  {
    name: 'a unique constraint that becomes an index',
    before: t((it) => [pg.unique('k').on(it.a as never)]),
    after: t((it) => [pg.uniqueIndex('k').on(it.a)]),
    refused: "INSERT INTO t VALUES (9, 'x', 'y', 1)",
    works: "INSERT INTO t VALUES (9, 'x', 'y', 1) ON CONFLICT (a) DO NOTHING",
  },
  {
    name: 'a unique index that becomes a constraint',
    before: t((it) => [pg.uniqueIndex('k').on(it.a)]),
    after: t((it) => [pg.unique('k').on(it.a as never)]),
    refused: "INSERT INTO t VALUES (9, 'x', 'y', 1)",
    works: "INSERT INTO t VALUES (9, 'x', 'y', 1) ON CONFLICT (a) DO NOTHING",
  },
  {
    name: 'a check',
    before: t((it) => [pg.check('c', sql`${it.n} > 0`)]),
    after: t((it) => [pg.check('c', sql`${it.n} > -5`)]),
    refused: "INSERT INTO t VALUES (9, 'z', 'y', -9)",
  },
  {
    name: 'a check under another name',
    before: t((it) => [pg.check('c', sql`${it.n} > 0`)]),
    after: t((it) => [pg.check('d', sql`${it.n} > -5`)]),
    refused: "INSERT INTO t VALUES (9, 'z', 'y', -9)",
  },
  {
    name: 'a foreign key',
    bothWays: true,
    before: pointing('cascade'),
    after: pointing('set null'),
    rows: 'INSERT INTO u VALUES (1); INSERT INTO t VALUES (1, 1)',
    refused: 'INSERT INTO t VALUES (9, 9)',
  },
  {
    name: 'a primary key',
    bothWays: true,
    before: withId(columns()),
    after: {
      t: pg.pgTable('t', { id: pg.integer('id').notNull(), ...columns() }, (it) => [
        pg.primaryKey({ columns: [it.id, it.b] }),
      ]),
    },
    refused: "INSERT INTO t VALUES (1, 'z', 'y', 1)",
  },
  {
    name: 'a plain index, a column that becomes NOT NULL, a new key',
    before: t((it) => [pg.index('i').on(it.a), pg.unique('k').on(it.b as never, it.a as never)]),
    after: withId({ ...columns(), n: pg.integer('n').notNull() }, ((
      it: Record<'a' | 'b' | 'n', pg.ExtraConfigColumn>,
    ) => [
      pg.index('i').on(it.a.desc(), it.n),
      pg.unique('k').on(it.b as never, it.a as never),
      pg.unique('new').on(it.n as never),
    ]) as never),
    refused: "INSERT INTO t VALUES (9, 'x', 'y', 3)",
  },
]

const rows = "INSERT INTO t VALUES (1, 'x', 'y', 1), (2, 'y', 'y', 2)"

/** The database at the first revision, to be copied, with the revision of the swap written. */
async function prepared({ before, after, rows: own = rows }: Swap) {
  const folder = `${tempFolder({ 'migrations/.gitkeep': '' })}/migrations`
  const database = await createDatabase()
  const limbeck = (models: Models, url = database.url) =>
    createMigrator({ url, migrations: folder, models, connectTimeout: 3_000 })
  const { revisions } = await limbeck(before).autogenerate({ message: 'before' })
  await limbeck(before).upgrade()
  await database.query(own)
  await limbeck(after).autogenerate({ message: 'after' })
  return { database, limbeck, base: revisions[0]?.revision ?? '' }
}

const copyOf = ({ url, name }: TestDatabase) =>
  newDatabase(url.replace(/\/[^/]*$/, '/postgres'), name)

/** What a run that is cut off leaves, as far as another one can tell: PostgreSQL's catalog and Limbeck's notes, no lock in the way. */
const stateQuery = `SELECT md5(concat_ws(' ',
  (SELECT string_agg(concat(c.oid, relname, indisvalid, indisready, indisunique), ' ' ORDER BY c.oid) FROM pg_class c LEFT JOIN pg_index ON indexrelid = c.oid
    WHERE relnamespace = 'public'::regnamespace),
  (SELECT string_agg(concat(oid, conname, convalidated), ' ' ORDER BY oid) FROM pg_constraint),
  (SELECT string_agg(concat(attrelid, attname, attnotnull), ' ' ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid IN ('t'::regclass)),
  (SELECT string_agg(concat(revision, direction, statements_done, statement_started), ' ') FROM limbeck_progress),
  (SELECT string_agg(version_num, ' ' ORDER BY version_num) FROM limbeck_version))) AS state`

/**
 * One run that is stopped before each of its messages, for somebody else to write in between: refused each time, or kept
 * waiting. Returns the first message of each state that the database is in on the way: what is cut off anywhere leaves one of them.
 */
async function statesOf(
  url: string,
  { refused, works }: Swap,
  run: (url: string) => Promise<unknown>,
): Promise<readonly number[]> {
  const firsts = new Map<string, number>()
  const writer = postgres(url, { max: 1, connection: { lock_timeout: 20 }, onnotice: () => {} })
  const proxy = await startProxy(url, {
    onMessage: async ({ index }) => {
      const [row] = await writer.unsafe<{ state: string }[]>(stateQuery)
      if (!firsts.has(row?.state ?? '')) firsts.set(row?.state ?? '', index)
      await expect(writer.unsafe(refused), `a write before message ${index}`).rejects.toThrow()
      if (works !== undefined)
        await writer.unsafe(works).catch((error: { code?: string }) => {
          expect(error.code, `before message ${index}: ${error}`).toBe('55P03')
        })
    },
  })
  await run(proxy.url)
  await proxy.close()
  await writer.end()
  return [...firsts.values()]
}

type Direction = 'upgrade' | 'downgrade'

const facts = ({ query }: TestDatabase) => readFacts({ query } as never)

interface Trip {
  readonly swap: Swap
  readonly direction: Direction
  readonly run: (url: string, way: Direction) => Promise<unknown>
  /** The database before the run that is cut off. */
  readonly start: TestDatabase
  /** What it is like after a way that nothing cuts off. */
  readonly ends: Readonly<Record<Direction, unknown>>
}

interface Way {
  readonly at: number
  /** Else the next run goes back. */
  readonly goesOn: boolean
}

/** Of most swaps each cut is gone on from or back from, and not both. */
function waysOf(swap: Swap, points: readonly number[]): readonly Way[] {
  return points.flatMap((at, index) =>
    [true, false]
      .filter((goesOn) => swap.bothWays || goesOn === ((index + swaps.indexOf(swap)) % 2 === 0))
      .map((goesOn) => ({ at, goesOn })),
  )
}

async function cutOff({ swap, direction, run, start, ends }: Trip, { at, goesOn }: Way) {
  const where = `cut before message ${at}, then ${goesOn ? 'on' : 'back'}`
  const opposite = direction === 'upgrade' ? 'downgrade' : 'upgrade'
  const copy = await copyOf(start)
  const proxy = await startProxy(copy.url, {
    onMessage: ({ index }) => {
      if (index === at) void proxy.close()
    },
  })
  await run(proxy.url, direction).catch(() => {})
  await expect(copy.query(swap.refused), `${where}: a write in between`).rejects.toThrow()
  if (swap.works !== undefined) await copy.query(swap.works)
  const way = goesOn ? direction : opposite
  // The way back of a downgrade that was cut off goes through its end.
  for (const each of new Set(direction === 'downgrade' ? [direction, way] : [way]))
    await run(copy.url, each).catch((error: unknown) => {
      throw new Error(where, { cause: error })
    })
  expect(await facts(copy), where).toEqual(ends[way])
  await expect(copy.query(swap.refused), `${where}: a write`).rejects.toThrow()
  await copy.drop()
}

describe.for(swaps)('$name that is interrupted at any message', (swap) => {
  test.for(['upgrade', 'downgrade'] as const)('in its %s', async (direction) => {
    const { database, limbeck, base } = await prepared(swap)
    const origin = await facts(database)
    const run: Trip['run'] = (url, way) =>
      way === 'upgrade'
        ? limbeck(swap.after, url).upgrade()
        : limbeck(swap.after, url).downgrade(base)
    const watched = await copyOf(database)
    if (direction === 'downgrade') await run(watched.url, 'upgrade')
    const start = await copyOf(watched)
    const points = await statesOf(watched.url, swap, (url) => run(url, direction))
    const ends = { upgrade: origin, downgrade: origin, [direction]: await facts(watched) }
    if (direction === 'downgrade') ends.upgrade = await facts(start)
    expect(ends.downgrade).toEqual(origin)
    for (const way of waysOf(swap, points)) await cutOff({ swap, direction, run, start, ends }, way)
    for (const one of [watched, start]) await one.drop()
  })
})
