import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { compareWithDatabase } from '../../src/autogenerate/compare-with-database.ts'
import type { TextCache } from '../../src/autogenerate/shadow/shadow-key.ts'
import { fileCache } from '../../src/changes/file-cache.ts'
import { type Connection, withConnection } from '../../src/database/connection.ts'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { createStatements } from '../../src/schema/create-statements.ts'
import { diff } from '../../src/schema/diff.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { type BenchServer, startBenchServer } from '../server.ts'
import { median } from '../statistics.ts'
import { table } from '../table.ts'
import { benchModels } from './models.ts'

/** Goals for a full comparison, ms; both on a new connection, `warm` where the shadow's answer is kept. */
const sizes = [
  { tables: 130, cold: 1_000, warm: 1_000 },
  { tables: 500 },
  { tables: 1_000, cold: 6_000, warm: 2_000 },
]
const importGoal = 80
const rounds = 5

const server = await startBenchServer()
try {
  const rows = []
  for (const size of sizes) rows.push(await measured(server, size))
  console.log(['## Autogenerate', '', ...server.facts.map((fact) => `- ${fact}`), ''].join('\n'))
  console.log(
    table(['tables', 'models → DDL', 'create-all', 'compare, cold', 'compare, warm'], rows),
  )
  console.log(`\nImport of the generator: ${goalCell(await importTime(), importGoal)}`)
} finally {
  await server.stop()
}

async function measured(
  { withDatabase }: BenchServer,
  size: { tables: number; cold?: number; warm?: number },
): Promise<readonly string[]> {
  const models = benchModels(size.tables)
  const generated = await repeat(async () => createStatements(schemaFromModels(models)))
  return await withDatabase(async ({ url }) => {
    const schema = schemaFromModels(models)
    const ddl = createStatements(schema).join(';\n')
    const created = await connected(url, (connection) => timed(() => connection.query(ddl)))
    const cold = await repeat(() => connected(url, (connection) => compare(connection, schema)))
    const cache = fileCache(await mkdtemp(path.join(tmpdir(), 'limbeck-bench-')))
    const compareKept = () => connected(url, (connection) => compare(connection, schema, cache))
    await compareKept()
    const warm = await repeat(compareKept)
    const times = [goalCell(cold, size.cold), goalCell(warm, size.warm)]
    return [String(size.tables), goalCell(generated), goalCell(created), ...times]
  })
}

/** A whole comparison that finds nothing: what `check` does in CI. */
async function compare(connection: Connection, schema: Schema, cache?: TextCache): Promise<void> {
  const { before, after } = await compareWithDatabase(connection, schema, {
    schema: 'public',
    schemas: [],
    isCompared: () => true,
    renames: [],
    cache,
    tables: { schema: 'public', version: 'limbeck_version' },
  })
  if (diff(before, after).length > 0) throw new Error('a false positive')
}

/** The generator alone, in processes of their own, beside drizzle-orm, which the models have loaded already. */
async function importTime(): Promise<number> {
  const generator = new URL('../../src/models/from-drizzle/schema-from-models.js', import.meta.url)
    .href
  const script = `await import('drizzle-orm/pg-core'); const start = performance.now()
    await import('${generator}'); console.log(performance.now() - start)`
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const args = ['--input-type=module', '-e', script]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    times.push(Number(stdout))
  }
  return median(times)
}

function connected<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  return withConnection({ url, applicationName: 'bench', connectTimeoutMs: 0 }, 'SELECT 1', work)
}

async function repeat(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await timed(work))
  return median(times)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function goalCell(ms: number, goal?: number): string {
  const text = `${Math.round(ms)} ms`
  return goal === undefined ? text : `${text} (goal ${goal}: ${ms < goal ? 'met' : 'missed'})`
}
