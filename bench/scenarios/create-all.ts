import { type Bench, expectTables, interleave, prepare, runOn, type Section } from '../bench.ts'
import type { Migration } from '../contender.ts'
import { makeMigrations } from '../migrations.ts'
import type { Sample } from '../run-child.ts'
import { callCell, callMs, ratio, table } from '../table.ts'
import { tableStatements } from '../tables.ts'

const tables = 500

/** Who, and in how many files. */
const ways: readonly (readonly [name: string, files: 1 | 500, says: string])[] = [
  ['floor-1tx', 1, 'one message'],
  [
    'limbeck-models',
    500,
    'create-all from Drizzle models, generation included; 500 revisions stamped',
  ],
  ['limbeck', 500, '500 revisions'],
  ['limbeck', 1, 'one revision'],
  ['floor-ntx', 500, '500 transactions'],
  ['drizzle', 1, 'one file'],
  ['drizzle', 500, '500 files'],
  ['psql', 1, 'one file'],
]

/** S3: an empty database and 500 tables. */
export async function createAll(bench: Bench): Promise<Section> {
  const runs = new Map<string, () => Promise<Sample>>()
  const sets = {
    1: makeMigrations(1, () => allStatements()),
    [tables]: makeMigrations(tables, tableStatements),
  } satisfies Record<number, readonly Migration[]>
  for (const [name, files, says] of ways) {
    if (!bench.contenders.includes(name)) continue
    const folder = await prepare(bench, name, `create-all-${files}`, sets[files])
    runs.set(`${name}, ${says}`, () => createOnce(bench, name, folder))
  }
  const measured = await interleave(bench, 'S3', bench.full ? 7 : 3, runs)
  const [floor = ''] = runs.keys()
  const rows = [...runs.keys()].map((way) => [way, callCell(measured, way, floor)])
  const models = [...runs.keys()].find((way) => way.startsWith('limbeck-models')) ?? ''
  return {
    title: `S3 A fresh database, ${tables} tables of 10 columns with 2 indexes and a foreign key`,
    body: table(['', 'ms (× floor)'], rows),
    goals: [
      {
        what: `S3 create-all of ${tables} tables from models, × floor`,
        value: ratio(measured, models, floor, callMs),
        limit: 1.15,
      },
    ],
  }
}

function allStatements(): readonly string[] {
  return makeMigrations(tables, tableStatements).flatMap(({ statements }) => statements)
}

async function createOnce({ server }: Bench, name: string, folder: string): Promise<Sample> {
  return await server.withDatabase(async (database) => {
    const sample = await runOn(database, name, folder)
    await expectTables(database, tables)
    return sample
  })
}
