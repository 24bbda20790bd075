import { type Bench, prepare, type Section } from '../bench.ts'
import { createTestDatabases, initDb } from '../limbeck.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { medianRatio, summarize } from '../statistics.ts'
import { number, table } from '../table.ts'

const revisions = 200

/** S9: what a test pays for a database of its own, in a process that has its code loaded. */
export async function clone(bench: Bench): Promise<Section> {
  const migrations = makeMigrations(revisions, smallTable)
  const folder = await prepare(bench, 'limbeck', 'clone', migrations)
  const options = { server: bench.server.url, migrations: folder }
  const start = performance.now()
  const databases = await createTestDatabases(options)
  const template = performance.now() - start
  const one = await databases.create()
  const ways = {
    replay: () =>
      bench.server.withDatabase(({ url }) => timed(() => initDb({ url, migrations: folder }))),
    clone: () => timed(databases.create),
    reset: () => timed(one.reset),
  }
  const times = { replay: [] as number[], clone: [] as number[], reset: [] as number[] }
  try {
    for (let round = 0; round < (bench.full ? 15 : 7); round++) {
      for (const way of ['replay', 'clone', 'reset'] as const) times[way].push(await ways[way]())
      bench.say(`S9: round ${round + 1}`)
    }
  } finally {
    await databases.close()
  }
  const cell = (way: keyof typeof times) => {
    const { median: middle, spread } = summarize(times[way])
    const share = way === 'replay' ? '' : ` (${number(medianRatio(times[way], times.replay))}×)`
    return `${number(middle)} ±${number(spread)}${share}`
  }
  return {
    title: `S9 A database for a test, ${revisions} revisions`,
    body: table(
      ['', 'ms (× replay)'],
      [
        ['`initDb()` on an empty database that is there', cell('replay')],
        ['`create()`: a clone of the template', cell('clone')],
        ['`reset()`: dropped and cloned again', cell('reset')],
        ['the template, once', number(template)],
      ],
    ),
    goals: [
      {
        what: `S9 a clone, × replay of ${revisions} revisions`,
        value: medianRatio(times.clone, times.replay),
        limit: 0.1,
      },
    ],
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
