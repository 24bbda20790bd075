import { type Bench, countTables, type Goal, prepare, readyToWait, type Section } from '../bench.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { runOnce, startWaiting } from '../run-child.ts'
import { median } from '../statistics.ts'
import { number, table } from '../table.ts'

const known = 10
const behind = 10
const floor = 'floor-1tx'

/** What a herd did. */
interface Trial {
  readonly ms: number
  readonly served: number
  /** The data migration ran once and every table is there. */
  readonly isRight: boolean
  readonly dataRuns: number
}

/** S4: many instances boot at once, ten revisions behind, one of them a data migration. */
export async function herd(bench: Bench): Promise<readonly Section[]> {
  const sections: Section[] = []
  for (const size of bench.full ? [20, 50] : [20]) sections.push(await herdOf(bench, size))
  return sections
}

async function herdOf(bench: Bench, size: number): Promise<Section> {
  const names = await readyToWait(bench)
  const trials = new Map(names.map((name): [string, Trial[]] => [name, []]))
  const rounds = bench.full ? 5 : 1
  for (let round = 0; round < rounds; round++) {
    for (const name of names) trials.get(name)?.push(await runHerd(bench, name, size))
    bench.say(`S4, ${size}: round ${round + 1} of ${rounds}`)
  }
  const ms = (name: string) => median(trials.get(name)?.map((trial) => trial.ms) ?? [])
  const rows = names.map((name) => {
    const all = trials.get(name) ?? []
    return [
      name,
      `${number(ms(name))} (${number(ms(name) / ms(floor))}×)`,
      `${all.filter(({ isRight }) => isRight).length} of ${all.length}`,
      all.map(({ served }) => served).join(', '),
      all.map(({ dataRuns }) => dataRuns).join(', '),
    ]
  })
  const header = ['', 'ms (× floor-1tx)', 'right end', `of ${size} served`, 'data migration ran']
  return {
    title: `S4 ${size} instances boot at once, ${behind} revisions behind`,
    body: table(header, rows),
    goals: goals(size, trials.get('limbeck') ?? [], ms('limbeck') / ms(floor)),
  }
}

function goals(size: number, trials: readonly Trial[], ratio: number): readonly Goal[] {
  const failed = trials.filter(({ isRight, served }) => !isRight || served < size).length
  return [
    { what: `S4, ${size} instances: trials that went wrong`, value: failed, limit: 0 },
    { what: `S4, ${size} instances, × floor-1tx`, value: ratio, limit: 1.5 },
  ]
}

function migration(number: number): readonly string[] {
  if (number === 1) return ['CREATE TABLE counter AS SELECT 0 AS n']
  if (number === known + 5) return ['UPDATE counter SET n = n + 1']
  return smallTable(number)
}

/** Every instance has loaded its code before the first one begins. */
async function runHerd(bench: Bench, name: string, size: number): Promise<Trial> {
  const all = makeMigrations(known + behind, migration)
  const before = await prepare(bench, name, 'herd-before', all.slice(0, known))
  const after = await prepare(bench, name, 'herd-after', all)
  return await bench.server.withDatabase(async (database) => {
    await runOnce(name, database.url, before)
    const instances = await Promise.all(
      Array.from({ length: size }, () => startWaiting(name, database.url, after)),
    )
    const start = performance.now()
    for (const { go } of instances) go()
    const ends = await Promise.allSettled(instances.map(({ done }) => done))
    const ms = performance.now() - start
    const dataRuns = Number(await database.value('SELECT n FROM counter'))
    const tables = await countTables(database)
    return {
      ms,
      served: ends.filter(({ status }) => status === 'fulfilled').length,
      isRight: dataRuns === 1 && tables === known + behind - 2,
      dataRuns,
    }
  })
}
