import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createMigrator, LimbeckError, type Migrator } from 'limbeck'
import { expect } from 'vitest'
import { quoteIdentifier } from '../../src/sql/quote.ts'
import { readCarried } from '../support/carried.ts'
import { readCatalog } from '../support/catalog.ts'
import { newDatabase, type TestDatabase } from '../support/database.ts'
import { modelsOf } from './build-random-models.ts'
import { drizzle1, drizzle045 } from './drizzle-versions.ts'
import type { Extra } from './random-extras.ts'
import type { RandomModels } from './random-models.ts'
import { named, partsOf, qualified } from './random-parts.ts'
import { rowsOf } from './random-rows.ts'

export interface RandomTrip {
  readonly drizzle: '0.45' | '1.0'
  readonly before: RandomModels
  readonly after: RandomModels
  readonly extras: readonly Extra[]
  readonly rows: number
}

/** Writes the revisions, runs them up and down on a database with rows, and compares what was there with what is. */
export async function thereAndBack(serverUrl: string, trip: RandomTrip): Promise<void> {
  const { before, after, extras } = trip
  const database = await newDatabase(serverUrl)
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-random-'))
  const drizzle = trip.drizzle === '1.0' ? drizzle1 : drizzle045
  const limbeck = (models: RandomModels) =>
    createMigrator({ url: database.url, migrations: folder, models: modelsOf(models, drizzle) })
  const written: string[] = []
  try {
    const first = await write(limbeck(before))
    await limbeck(before).upgrade()
    await database.query(
      "CREATE SCHEMA beside; CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    )
    for (const row of rowsOf(before, trip.rows)) await database.query(row)
    for (const { sql } of extras) await database.query(sql)
    const origin = await readAll(database, trip)

    const revisions = await write(limbeck(after))
    for (const { file } of revisions) written.push(await readFile(file, 'utf8'))
    const isUp = await moved(database, trip, () => limbeck(after).upgrade())
    expect((await limbeck(after).diff()).changes, 'after the upgrade').toEqual([])
    const there = await readAll(database, trip)
    const parts = partsOf(after)
    for (const { mark, needs } of extras)
      if (needs?.every((part) => parts.has(part)))
        expect(
          there.facts.some((fact) => fact.includes(mark)),
          `${mark}\n${there.facts.join('\n')}`,
        ).toBe(true)
    if (isUp) expectValues(origin.values, there.values, trip, written.join('\n'))

    if (revisions.length > 0) {
      const isDown = await moved(database, trip, () =>
        limbeck(after).downgrade(first.at(-1)?.revision ?? 'base'),
      )
      const back = await readAll(database, trip)
      // What was in the way is for whoever made it to make again.
      const isLeft = (fact: string) =>
        !/\b((on|both|reads|rule|sees|takes|sends)_(users|twin|posts|tags|odd)_|points_)/.test(fact)
      expect(back.facts.filter(isLeft), 'after the downgrade').toEqual(origin.facts.filter(isLeft))
      expect(back.dump.filter(isLeft), 'after the downgrade').toEqual(origin.dump.filter(isLeft))
      if (isUp && isDown) expectValues(origin.values, back.values, trip, written.join('\n'))
    }
  } catch (error) {
    if (error instanceof Error) error.message += `\n${written.join('\n')}`
    throw error
  } finally {
    await rm(folder, { recursive: true })
    await database.drop()
  }
}

/** Asked for nothing but how values get from a type to one without a cast: a constant, as whoever has no other answer. */
async function write(migrator: Migrator) {
  const options = { message: 'change', allowDataLoss: true, renames: false }
  try {
    return (await migrator.autogenerate(options)).revisions
  } catch (error) {
    if (!(error instanceof LimbeckError) || error.code !== 'LIMBECK_NO_CAST') throw error
    const { questions = [] } = error.details
    const using = questions.map(
      ({ of, to: [type = ''] }) => `${of.replace(/^column /, '')}=${constantOf(type)}`,
    )
    return (await migrator.autogenerate({ ...options, using })).revisions
  }
}

const constants: readonly (readonly [type: RegExp, value: string])[] = [
  [/\[\]$/, '{}'],
  [/^(date|time)/, '2020-01-01'],
  [/\bmood$/, 'a'],
  [/^uuid$/, '00000000-0000-0000-0000-000000000001'],
  [/^boolean$/, 'true'],
  [/^/, '1'],
]

function constantOf(type: string): string {
  const [, value] = constants.find(([of]) => of.test(type)) ?? []
  return `'${value}'::${type}`
}

/**
 * Whether nothing was in the way. Where rows, a trigger or statistics are, the file has said so above the statement, and without them the
 * same step goes on to its end.
 */
async function moved(
  database: TestDatabase,
  { before, after }: RandomTrip,
  move: () => Promise<unknown>,
): Promise<boolean> {
  for (let at = 0; ; at += 1) {
    try {
      await move()
      return at === 0
    } catch (error) {
      if (!(error instanceof LimbeckError) || at === 9) throw error
      const note = await noteAbove(error)
      const inTheWay = [
        ...note.matchAll(
          /^-- fails while (trigger|statistics|function|rule|view|publication|constraint) (?:object )?(.*) is there$/gm,
        ),
      ]
      for (const [, kind = '', name = ''] of inTheWay)
        await database.query(dropStatement(kind, name))
      const isDropped = inTheWay.length > 0 && IN_THE_WAY.test(error.details.sqlstate ?? '')
      if (!isDropped)
        for (const table of [...before.tables, ...after.tables])
          await database.query(
            `DO $$ BEGIN IF to_regclass('${qualified(table)}') IS NOT NULL THEN TRUNCATE ${qualified(table)} CASCADE; END IF; END $$`,
          )
    }
  }
}

/** SQLSTATEs of what leans on something. */
const IN_THE_WAY = /^(2BP01|0A000)$/

/** What a note says of a failure, by SQLSTATE: elsewhere a value may be lost, or does not fit. */
const SAID: Readonly<Record<string, RegExp>> = {
  '2BP01': /^-- fails while .* is there$/m,
  '23502': /^-- fails (while a row has no value|where the table has rows)/m,
  '23503': /^-- fails (while|where) a row .* points at nothing/m,
  '23505': /^-- fails (while two rows have|where two rows get) the same/m,
  '23514': /^-- fails (while a row .* does not fit it|where a row .* no longer fits)/m,
}

/** PostgreSQL leaves out the quotes of what is on a table. */
function dropStatement(kind: string, label: string): string {
  const [, name = label, table] = /^(.*) on table (.*)$/.exec(label) ?? []
  if (kind === 'constraint') return `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${named(name)}`
  if (kind === 'publication')
    return `DROP PUBLICATION IF EXISTS ${named(label.replace(/^.* in publication /, ''))}`
  return `DROP ${kind} IF EXISTS ${table === undefined ? label : `${named(name)} ON ${table}`}`
}

/** What stands above the statement that failed. */
async function noteAbove({ message, details }: LimbeckError): Promise<string> {
  const { file, statement = '', sqlstate } = details
  const text = file === undefined ? '' : await readFile(file, 'utf8')
  const block = text.split('\n\n').find((part) => part.includes(statement.trim())) ?? ''
  const said = SAID[sqlstate ?? ''] ?? /^-- (fails while|data loss|check this)|USING '/m
  expect(block, `${message}\n${statement}\n${text}`).toMatch(said)
  return block
}

interface Reading {
  readonly facts: readonly string[]
  /** Statements of pg_dump, sorted; none where it cannot read the server. */
  readonly dump: readonly string[]
  readonly values: ReadonlyMap<string, readonly string[]>
}

async function readAll(database: TestDatabase, { before }: RandomTrip): Promise<Reading> {
  const catalog = await readCatalog(database)
  const facts = catalog
    .filter(
      (fact) => !/^constraint .* NOT NULL .* validated/.test(fact) && !fact.includes('limbeck_'),
    )
    .map((fact) => fact.replace(/ position \d+$/, ''))
  const values = new Map<string, readonly string[]>()
  for (const table of before.tables) {
    for (const { name } of [{ name: 'id' }, ...table.columns]) {
      const column = `${qualified(table)}.${name}`
      const found = await database
        .query<{ v: string }>(
          `SELECT coalesce(${named(name)}::text, '') AS v FROM ${qualified(table)}`,
        )
        .catch(() => [])
      values.set(column, found.map(({ v }) => v).sort())
    }
  }
  const carried = await readCarried(database)
  return {
    facts: [...new Set([...facts, ...carried])].sort(),
    dump: await readDump(database.url),
    values,
  }
}

async function readDump(url: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(
    'pg_dump',
    ['--schema-only', '--exclude-table=limbeck_*', url],
    { maxBuffer: 1e8 },
  ).catch(() => ({ stdout: '' }))
  const sorted = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/,$/, ''))
      .sort()
      .join('\n')
  return stdout
    .split(/\n{2,}/)
    .filter((block) => !/^(--|SET|SELECT pg_catalog|\\)/.test(block))
    .map((block) => (block.startsWith('CREATE TABLE') ? sorted(block) : block))
    .sort()
}

/** Values of columns that are there on both sides, unless the files say that they may be lost. */
function expectValues(
  origin: Reading['values'],
  now: Reading['values'],
  { before, after }: RandomTrip,
  script: string,
): void {
  for (const table of before.tables) {
    const same = after.tables.find((other) => qualified(other) === qualified(table))
    if (same === undefined) continue
    for (const { name, type } of table.columns) {
      const column = same.columns.find((other) => other.name === name)
      const key = `${qualified(table)}.${name}`
      if (
        column?.type !== type ||
        script.includes(`${quoteIdentifier(table.name)}.${quoteIdentifier(name)}`)
      )
        continue
      expect(now.get(key), key).toEqual(origin.get(key))
    }
  }
}
