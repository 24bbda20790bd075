import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import type { Models } from './case.ts'
import { readFacts } from './database.ts'

/** A change of the models in a database that somebody has had a hand in. */
export interface HandCase {
  readonly name: string
  readonly before: Models
  /** What was done to the database since: what models cannot say, and rows. */
  readonly byHand: string
  readonly after: Models
  readonly answers?: {
    readonly rename?: readonly string[]
    readonly using?: readonly string[]
    readonly usingDown?: readonly string[]
  }
  readonly options?: Partial<LimbeckOptions>
  /** Queries with one value, and what they answer after the upgrade. */
  readonly holds?: readonly (readonly [query: string, answer: unknown])[]
  /** The same once it was taken back and applied again. */
  readonly holdsAfterAll?: HandCase['holds']
  /** What the files say. */
  readonly says?: RegExp
  /** What was done by hand is in the way, and the upgrade fails, as the file says. */
  readonly fails?: boolean
  /** The downgraded schema is not as it was: why. */
  readonly oneWay?: string
  /** Oldest PostgreSQL that can say it. */
  readonly since?: number
  /** What drizzle-orm 1.0 has no more. */
  readonly isOf045?: true
}

/** Writes the revisions, applies them, takes them back and applies them again: every file works, and nothing differs. */
export function byHand(kind: string, cases: readonly HandCase[]): void {
  describe(kind, () => {
    test.for(cases)('$name', async (entry, { skip }) => {
      if (entry.isOf045 && process.env.TEST_DRIZZLE === '1.0')
        skip('drizzle-orm 1.0 has it no more')
      const database = await createDatabase()
      const [{ version = 0 } = {}] = await database.query<{ version: number }>(
        `SELECT current_setting('server_version_num')::int / 10000 AS version`,
      )
      if (version < (entry.since ?? 0)) skip(`came with PostgreSQL ${entry.since}`)
      await tryOut(database, entry)
    })
  })
}

async function tryOut(database: TestDatabase, entry: HandCase): Promise<void> {
  const folder = join(tempFolder({ 'migrations/.gitkeep': '' }), 'migrations')
  const limbeck = (models: Models) =>
    createMigrator({ url: database.url, migrations: folder, models, ...entry.options })
  const facts = () => readFacts({ query: database.query } as never)
  await limbeck(entry.before).autogenerate({ message: 'before' })
  await limbeck(entry.before).upgrade()
  await database.query(entry.byHand)
  const origin = await facts()
  const old = readdirSync(folder)

  const { revisions } = await limbeck(entry.after).autogenerate({
    message: 'after',
    allowDataLoss: true,
    renames: false,
    ...entry.answers,
  })
  const text = readdirSync(folder)
    .filter((file) => !old.includes(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  if (entry.says !== undefined) expect(text).toMatch(entry.says)
  if (entry.fails === true) {
    await expect(limbeck(entry.after).upgrade(), text).rejects.toThrow()
    return
  }
  const nothingDiffers = async () => {
    const { changes } = await limbeck(entry.after).diff({ renames: false })
    expect(
      changes.map(({ sql }) => sql),
      text,
    ).toEqual([])
  }
  await limbeck(entry.after).upgrade()
  await nothingDiffers()
  await expectAnswers(database, entry.holds, text)
  for (const _ of revisions) await limbeck(entry.after).downgrade('-1')
  if (entry.oneWay === undefined) expect(await facts(), text).toEqual(origin)
  await limbeck(entry.after).upgrade()
  await nothingDiffers()
  await expectAnswers(database, entry.holdsAfterAll, text)
}

async function expectAnswers(database: TestDatabase, wanted: HandCase['holds'], text: string) {
  for (const [query, answer] of wanted ?? []) {
    const [row] = await database.query<Record<string, unknown>>(query)
    expect(Object.values(row ?? {})[0], `${query}\n${text}`).toEqual(answer)
  }
}

export const key = () => pg.integer('id').primaryKey()

/** `CREATE TABLE "t" ("id" …)` with more columns. */
export function withId(
  columns: Record<string, pg.PgColumnBuilderBase>,
  extra?: (table: never) => pg.PgTableExtraConfigValue[],
  name = 't',
): Models {
  const all = { id: key(), ...columns }
  return { [name]: pg.pgTable(name, all, extra as never) }
}

/** An enum of these values, and a table with a column of it. */
export const mood = (...values: readonly [string, ...string[]]) => {
  const state = pg.pgEnum('state', values)
  return { state, ...withId({ state: state('state'), n: pg.integer('n') }) }
}
