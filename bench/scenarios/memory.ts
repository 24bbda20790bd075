import { rm } from 'node:fs/promises'
import { type Bench, prepare, type Section } from '../bench.ts'
import type { Migration } from '../contender.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { runOnce } from '../run-child.ts'
import { number, table } from '../table.ts'

const megabyte = 1_024 * 1_024
const row = `INSERT INTO big VALUES (1, '${'x'.repeat(960)}')`

/** One migration of so many megabytes. */
const large = (megabytes: number): readonly Migration[] =>
  makeMigrations(1, () => [
    'CREATE TABLE big (id integer, note text)',
    ...Array<string>(Math.ceil((megabytes * megabyte) / (row.length + 2))).fill(row),
  ])

/** S8: what an upgrade takes of memory, by the number of revisions and by the size of one. */
export async function memory(bench: Bench): Promise<Section> {
  const counts = bench.full ? [100, 1_000, 10_000] : [100, 1_000]
  const sets: readonly (readonly [string, readonly Migration[]])[] = [
    ...counts.map((count) => [`${count} revisions`, makeMigrations(count, smallTable)] as const),
    ['one revision of 5 MB', large(5)],
    ['one revision of 50 MB', large(50)],
  ]
  const rows: string[][] = []
  for (const [what, migrations] of sets) {
    const folder = await prepare(bench, 'limbeck', `memory-${rows.length}`, migrations)
    const { ms, peakMb } = await bench.server.withDatabase(({ url }) =>
      runOnce('limbeck', url, folder),
    )
    await rm(folder, { recursive: true })
    rows.push([what, number(ms ?? Number.NaN), number(peakMb ?? Number.NaN)])
    bench.say(`S8: ${what}`)
  }
  return { title: 'S8 Memory of an upgrade', body: table(['', 'ms', 'peak MB'], rows), goals: [] }
}
