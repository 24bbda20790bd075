import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, countTables, prepare, readyToWait, type Section } from '../bench.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { runOnce, startWaiting } from '../run-child.ts'
import { table } from '../table.ts'

const count = 100
const reruns = 5

/** S5: a process is killed while it applies, and started again, as an orchestrator would. */
export async function kill(bench: Bench): Promise<Section> {
  const trials = bench.full ? 15 : 3
  const rows: string[][] = []
  let wrong = Number.NaN
  for (const name of await readyToWait(bench)) {
    const folder = await prepare(bench, name, 'kill', makeMigrations(count, smallTable))
    const duration = await timeFromGo(bench, name, folder)
    const ends: End[] = []
    for (let trial = 0; trial < trials; trial++) {
      ends.push(await killAndRerun(bench, name, folder, (duration * (trial + 0.5)) / trials))
    }
    const inconsistent = ends.filter((end) => end === 'inconsistent').length
    if (name === 'limbeck') wrong = inconsistent
    const atOnce = ends.filter((end) => end === 'at once').length
    rows.push([name, `${atOnce} of ${trials}`, `${inconsistent} of ${trials}`])
    bench.say(`S5: ${name}`)
  }
  return {
    title: `S5 kill -9 while ${count} are applied, then a rerun`,
    body: table(['', 'first rerun serves', `inconsistent after ${reruns} reruns`], rows),
    goals: [{ what: 'S5 inconsistent ends', value: wrong, limit: 0 }],
  }
}

type End = 'at once' | 'later' | 'inconsistent'

async function timeFromGo({ server }: Bench, name: string, folder: string): Promise<number> {
  return await server.withDatabase(async ({ url }) => {
    const { go, done } = await startWaiting(name, url, folder)
    const start = performance.now()
    go()
    await done
    return performance.now() - start
  })
}

async function killAndRerun(
  { server }: Bench,
  name: string,
  folder: string,
  afterMs: number,
): Promise<End> {
  return await server.withDatabase(async (database) => {
    const { child, go, done } = await startWaiting(name, database.url, folder)
    go()
    await sleep(afterMs)
    child.kill('SIGKILL')
    await done.catch(() => {})
    for (let rerun = 0; rerun < reruns; rerun++) {
      const ended = await runOnce(name, database.url, folder).then(
        () => true,
        () => false,
      )
      if (ended && (await countTables(database)) === count) return rerun === 0 ? 'at once' : 'later'
      await sleep(200)
    }
    return 'inconsistent'
  })
}
