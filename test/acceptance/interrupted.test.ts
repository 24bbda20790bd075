import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
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
    before: pointing('cascade'),
    after: pointing('set null'),
    rows: 'INSERT INTO u VALUES (1); INSERT INTO t VALUES (1, 1)',
    refused: 'INSERT INTO t VALUES (9, 9)',
  },
  {
    name: 'a primary key',
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

/** Of the messages of a run; CUT_EVERY=1 takes all of them. Odd, so that both ways are taken in turn. */
const EVERY = Number(process.env.CUT_EVERY ?? 9)

describe.for(swaps)('$name that is interrupted at any statement', (swap) => {
  for (const direction of ['upgrade', 'downgrade'] as const)
    test(`in its ${direction}`, async () => {
      const { database, limbeck, base } = await prepared(swap)
      const facts = (on: TestDatabase) => readFacts({ query: on.query } as never)
      const origin = await facts(database)
      const whole = await copyOf(database)
      await limbeck(swap.after, whole.url).upgrade()
      const end = await facts(whole)
      const start = direction === 'upgrade' ? database : whole
      const run = (url: string, way = direction) =>
        way === 'upgrade'
          ? limbeck(swap.after, url).upgrade()
          : limbeck(swap.after, url).downgrade(base)
      let isOver = false
      for (let at = 3 + (swaps.indexOf(swap) % EVERY); !isOver; at += EVERY) {
        const copy = await copyOf(start)
        const proxy = await startProxy(copy.url, {
          onMessage: ({ index }) => {
            if (index === at) void proxy.close()
          },
        })
        const first = await run(proxy.url).then(
          () => 'whole',
          () => 'cut',
        )
        isOver = first === 'whole'
        if (isOver) await proxy.close()
        await expect(copy.query(swap.refused), `${at}: a write in between`).rejects.toThrow()
        if (swap.works !== undefined) await copy.query(swap.works)
        const goesOn = at % 2 === 0
        const where = `cut before message ${at}, then ${goesOn ? 'on' : 'back'}`
        if (goesOn || direction === 'downgrade') {
          await run(copy.url).catch((error: unknown) => {
            throw new Error(where, { cause: error })
          })
          expect(await facts(copy), where).toEqual(direction === 'upgrade' ? end : origin)
        }
        if (!goesOn) {
          const back = direction === 'upgrade' ? 'downgrade' : 'upgrade'
          await run(copy.url, back).catch((error: unknown) => {
            throw new Error(where, { cause: error })
          })
          expect(await facts(copy), where).toEqual(direction === 'upgrade' ? origin : end)
        }
        await expect(copy.query(swap.refused), `${where}: a write`).rejects.toThrow()
        await copy.drop()
      }
      await whole.drop()
    }, 120_000)
})
