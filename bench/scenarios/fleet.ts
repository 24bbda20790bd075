import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import postgres, { type Sql } from 'postgres'
import type { Bench, Section } from '../bench.ts'
import type { Migration } from '../contender.ts'
import { createMigrator, writeRevisions } from '../limbeck.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import type { BenchDatabase } from '../server.ts'
import { median, medianRatio } from '../statistics.ts'
import { number, table } from '../table.ts'

const workers = 4
const pending = 10

/** Brings all schemas from the first migration to the last; `prepare` has brought them to the first. */
interface FleetContender {
  prepare(fleet: GivenFleet): Promise<void>
  migrate(fleet: GivenFleet): Promise<void>
}

interface GivenFleet {
  readonly url: string
  readonly schemas: readonly string[]
  readonly migrations: readonly Migration[]
  /** Where the revision files are. */
  readonly folder: string
}

/** S6: many schemas of one database, ten revisions behind each. */
export async function fleet(bench: Bench): Promise<readonly Section[]> {
  const sections: Section[] = []
  for (const size of bench.full ? [100, 1_000] : [100]) sections.push(await fleetOf(bench, size))
  return sections
}

async function fleetOf(bench: Bench, size: number): Promise<Section> {
  const migrations = makeMigrations(1 + pending, smallTable)
  const folder = path.join(bench.scratch, `fleet-${size}`)
  await mkdir(folder)
  await writeRevisions(folder, migrations)
  const times = new Map(Object.keys(contenders).map((name): [string, number[]] => [name, []]))
  const rounds = size < 1_000 ? 5 : 3
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(contenders)) {
      times.get(name)?.push(await runFleet(bench, name, { migrations, folder }, size))
    }
    bench.say(`S6, ${size}: round ${round + 1} of ${rounds}`)
  }
  await rm(folder, { recursive: true })
  const of = (name: string) => times.get(name) ?? []
  const ratio = (name: string) => medianRatio(of(name), of('floor'))
  const rows = Object.keys(contenders).map((name) => [
    name,
    number(median(of(name))),
    number(ratio(name)),
  ])
  return {
    title: `S6 ${size} schemas, ${pending} revisions behind each, ${workers} at a time`,
    body: table(['', 'ms', '× floor'], rows),
    goals: [{ what: `S6, ${size} schemas, × floor`, value: ratio('limbeck'), limit: 1.5 }],
  }
}

async function runFleet(
  { server }: Bench,
  name: string,
  given: Pick<GivenFleet, 'migrations' | 'folder'>,
  size: number,
): Promise<number> {
  const contender = contenders[name]
  if (!contender) throw new Error(`no contender ${name}`)
  const schemas = Array.from({ length: size }, (_, at) => `tenant_${at + 1}`)
  return await server.withDatabase(async (database) => {
    const all = { ...given, url: database.url, schemas }
    await contender.prepare(all)
    const start = performance.now()
    await contender.migrate(all)
    const ms = performance.now() - start
    await expectAll(database, size * given.migrations.length)
    return ms
  })
}

async function expectAll(database: BenchDatabase, tables: number): Promise<void> {
  const count = "SELECT count(*)::int FROM pg_class WHERE relkind = 'r' AND relname ~ '^t_[0-9]+$'"
  const found = await database.value(count)
  if (found !== tables) throw new Error(`${found} tables instead of ${tables}`)
}

const contenders: Readonly<Record<string, FleetContender>> = {
  floor: {
    prepare: async ({ url, schemas, migrations }) => {
      await onConnections(url, schemas, async (sql, schema) => {
        await sql.unsafe(`CREATE SCHEMA ${schema};
CREATE TABLE ${schema}.floor_version AS SELECT 0 AS version;
${transaction(schema, migrations[0], 1)}`)
      })
    },
    migrate: async ({ url, schemas, migrations }) => {
      await onConnections(url, schemas, async (sql, schema) => {
        const rows = await sql.unsafe(`SELECT version FROM ${schema}.floor_version`).simple()
        const version = Number(rows[0]?.version)
        for (let next = version; next < migrations.length; next++)
          await sql.unsafe(transaction(schema, migrations[next], next + 1)).simple()
      })
    },
  },
  limbeck: {
    prepare: async ({ url, schemas, migrations, folder }) => {
      const { fleet } = createMigrator({ url, migrations: folder })
      await fleet(migrations[0]?.id, { schemas, concurrency: workers, create: true })
    },
    migrate: async ({ url, schemas, folder }) => {
      const { fleet } = createMigrator({ url, migrations: folder })
      const { totals } = await fleet('heads', { schemas, concurrency: workers })
      if (totals.upgraded !== schemas.length) throw new Error(JSON.stringify(totals))
    },
  },
}

function transaction(schema: string, migration: Migration | undefined, version: number): string {
  return `BEGIN;
SET LOCAL search_path = ${schema};
${migration?.statements.join(';\n')};
UPDATE floor_version SET version = ${version};
COMMIT`
}

/** Shares the schemas out among as many connections as there are workers. */
async function onConnections(
  url: string,
  schemas: readonly string[],
  work: (sql: Sql, schema: string) => Promise<void>,
): Promise<void> {
  const queue = [...schemas]
  const one = async () => {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(sql, next)
    await sql.end()
  }
  await Promise.all(Array.from({ length: workers }, one))
}
