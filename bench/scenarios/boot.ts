import {
  type Bench,
  type Goal,
  interleave,
  prepare,
  runOn,
  type Section,
  type Series,
} from '../bench.ts'
import { comment, makeMigrations } from '../migrations.ts'
import { startProxy } from '../proxy.ts'
import { runOnce, type Sample } from '../run-child.ts'
import type { BenchDatabase } from '../server.ts'
import { callCell, callMs, ratio, ratioCell, table, valueCell, wholeMs } from '../table.ts'

const floor = 'floor-1tx'
const networkMs = 5
const farCount = 100
const wholeCount = 1_000

/** S1: nothing is pending. */
export async function boot(bench: Bench): Promise<Section> {
  const counts = [10, 100, 1_000, ...(bench.full ? [10_000] : [])]
  const names = bench.contenders.filter((name) => name !== 'psql' && name !== 'limbeck-models')
  const local = new Map<number, ReadonlyMap<string, Series>>()
  let far: ReadonlyMap<string, Series> = new Map()
  for (const count of counts) {
    await withHeads(bench, names, count, async (heads) => {
      const runs = runsOn(heads, (head, name) => runOn(head.database, name, head.folder))
      local.set(count, await interleave(bench, `S1, ${count}`, bench.full ? 9 : 5, runs))
      if (count === farCount) far = await runFar(bench, heads)
    })
  }
  const series = (count: number) => local.get(count) ?? new Map()
  const rows = names.map((name) => [
    name,
    ...counts.map((count) => callCell(series(count), name, floor)),
    valueCell(far, name, ({ roundTrips }) => roundTrips),
    callCell(far, name, floor),
    ratioCell(series(wholeCount), name, floor, wholeMs),
  ])
  const header = [
    'ms (× floor-1tx)',
    ...counts.map((count) => `${count} migrations`),
    'round trips',
    `${farCount}, +${networkMs} ms network`,
    `whole process, ${wholeCount}`,
  ]
  return {
    title: 'S1 Boot at head, nothing pending',
    body: table(header, rows),
    goals: goals(local, far, series(wholeCount)),
  }
}

function goals(
  local: ReadonlyMap<number, ReadonlyMap<string, Series>>,
  far: ReadonlyMap<string, Series>,
  whole: ReadonlyMap<string, Series>,
): readonly Goal[] {
  const trips = far.get('limbeck')?.samples.map(({ roundTrips = Number.NaN }) => roundTrips) ?? []
  return [
    ...[...local].map(([count, all]) => ({
      what: `S1 in process, ${count} revisions, × floor-1tx`,
      value: ratio(all, 'limbeck', floor, callMs),
      limit: 1.3,
    })),
    { what: 'S1 round trips', value: Math.max(...trips), limit: 1 },
    {
      what: `S1 whole process, ${wholeCount} revisions, × floor-1tx`,
      value: ratio(whole, 'limbeck', floor, wholeMs),
      limit: 1.25,
    },
  ]
}

interface Head {
  readonly database: BenchDatabase
  readonly folder: string
}

/** Gives every contender a database that it has brought to head itself; those that cannot are left out. */
async function withHeads(
  bench: Bench,
  names: readonly string[],
  count: number,
  work: (heads: ReadonlyMap<string, Head>) => Promise<void>,
  heads: ReadonlyMap<string, Head> = new Map(),
): Promise<void> {
  const [name, ...others] = names
  if (name === undefined) return await work(heads)
  await bench.server.withDatabase(async (database) => {
    const folder = await prepare(bench, name, `boot-${count}`, makeMigrations(count, comment))
    const failure = await runOnce(name, database.url, folder).then(
      () => null,
      (error: Error) => error.message,
    )
    bench.say(`S1, ${count}: ${name} ${failure ?? 'is at head'}`)
    const all = failure === null ? new Map([...heads, [name, { database, folder }]]) : heads
    await withHeads(bench, others, count, work, all)
  })
}

function runsOn(
  heads: ReadonlyMap<string, Head>,
  run: (head: Head, name: string) => Promise<Sample>,
): ReadonlyMap<string, () => Promise<Sample>> {
  return new Map([...heads].map(([name, head]) => [name, () => run(head, name)]))
}

async function runFar(bench: Bench, heads: ReadonlyMap<string, Head>) {
  const proxy = await startProxy(bench.server.url, networkMs)
  try {
    const runs = runsOn(heads, ({ database, folder }, name) => runOn(database, name, folder, proxy))
    return await interleave(bench, `S1, ${farCount}, +${networkMs} ms`, bench.full ? 7 : 3, runs)
  } finally {
    await proxy.stop()
  }
}
