import {
  type Bench,
  expectTables,
  type Goal,
  interleave,
  prepare,
  runOn,
  type Section,
  type Series,
} from '../bench.ts'
import { loadContender } from '../contender.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { type CountingProxy, startProxy } from '../proxy.ts'
import type { Sample } from '../run-child.ts'
import { median } from '../statistics.ts'
import { callCell, callMs, ratio, table, valueCell } from '../table.ts'

const floor = 'floor-1tx'
const delays = [0, 1, 5]

/** S2: an empty database is brought to head. */
export async function apply(bench: Bench): Promise<readonly Section[]> {
  const sections: Section[] = []
  for (const count of bench.full ? [100, 1_000] : [100])
    sections.push(await applyMany(bench, count))
  return sections
}

async function applyMany(bench: Bench, count: number): Promise<Section> {
  const names = bench.contenders.filter((name) => name !== 'limbeck-models')
  const folders = new Map<string, string>()
  const migrations = makeMigrations(count, smallTable)
  for (const name of names) {
    folders.set(name, await prepare(bench, name, `apply-${count}`, migrations))
  }
  const measured = new Map<number, ReadonlyMap<string, Series>>()
  for (const delay of delays) measured.set(delay, await applyAt(bench, folders, count, delay))
  const at = (delay: number) => measured.get(delay) ?? new Map()
  const rows = await Promise.all(
    names.map(async (name) => [
      name,
      ...delays.map((delay) => callCell(at(delay), name, floor)),
      valueCell(at(5), name, ({ roundTrips }) => roundTrips),
      valueCell(at(0), name, ({ cpuMs }) => cpuMs),
      valueCell(at(0), name, ({ peakMb }) => peakMb),
      (await loadContender(name)).transaction,
    ]),
  )
  const network = delays.map((delay) => (delay === 0 ? 'local' : `+${delay} ms`))
  const others = ['round trips', 'client CPU ms', 'peak MB', 'transaction']
  return {
    title: `S2 Apply ${count} migrations to an empty database`,
    body: table(['ms (× floor-1tx)', ...network, ...others], rows),
    goals: goals(count, measured),
  }
}

async function applyAt(
  bench: Bench,
  folders: ReadonlyMap<string, string>,
  count: number,
  delay: number,
): Promise<ReadonlyMap<string, Series>> {
  const proxy = delay > 0 ? await startProxy(bench.server.url, delay) : undefined
  const runs = new Map(
    [...folders].map(([name, folder]) => [
      name,
      () => applyOnce(bench, name, folder, count, proxy),
    ]),
  )
  const rounds = bench.full && count < 1_000 ? 7 : 3
  try {
    return await interleave(bench, `S2, ${count}, +${delay} ms`, rounds, runs)
  } finally {
    await proxy?.stop()
  }
}

async function applyOnce(
  { server }: Bench,
  name: string,
  folder: string,
  tables: number,
  proxy?: CountingProxy,
): Promise<Sample> {
  return await server.withDatabase(async (database) => {
    const sample = await runOn(database, name, folder, proxy)
    await expectTables(database, tables)
    return sample
  })
}

function goals(
  count: number,
  measured: ReadonlyMap<number, ReadonlyMap<string, Series>>,
): readonly Goal[] {
  const all = [...measured].map(([delay, series]) => ({
    what: `S2, ${count} revisions, +${delay} ms, × floor-1tx`,
    value: ratio(series, 'limbeck', floor, callMs),
    limit: count < 1_000 ? 1.3 : 1.2,
  }))
  if (count >= 1_000) return all
  const trips = measured
    .get(5)
    ?.get('limbeck')
    ?.samples.map((sample) => sample.roundTrips ?? NaN)
  return [
    ...all,
    { what: `S2 round trips, ${count} revisions`, value: median(trips ?? []), limit: 12 },
  ]
}
