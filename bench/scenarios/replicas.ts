import { writeFile } from 'node:fs/promises'
import { type Bench, prepare, readyToWait, type Section } from '../bench.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { replicasPicture, type Start, typicalStart } from '../picture.ts'
import { runOnce, startWaiting } from '../run-child.ts'
import { table } from '../table.ts'

const size = 20

/** S10: how often one pending UPDATE is applied when twenty processes start at once. */
export async function replicas(bench: Bench): Promise<Section> {
  const names = await readyToWait(bench)
  const starts = new Map(names.map((name): [string, Start[]] => [name, []]))
  const rounds = bench.full ? 20 : 5
  for (let round = 0; round < rounds; round++) {
    for (const name of names) starts.get(name)?.push(await startAll(bench, name))
    bench.say(`S10: round ${round + 1} of ${rounds}`)
  }
  const [drizzle, limbeck] = ['drizzle', 'limbeck'].map((name) => typicalStart(starts.get(name)))
  if (bench.picture !== undefined && drizzle && limbeck)
    await writeFile(bench.picture, replicasPicture(size, drizzle, limbeck))
  const list = (values: readonly number[]) => values.join(', ')
  const rows = names.map((name) => {
    const all = starts.get(name) ?? []
    return [
      name,
      list(all.map(({ applied }) => applied)),
      list(all.map(({ succeeded }) => succeeded)),
    ]
  })
  const wrong = (starts.get('limbeck') ?? []).filter(
    ({ applied, succeeded }) => applied !== 1 || succeeded !== size,
  )
  return {
    title: `S10 ${size} processes start at once, one UPDATE is pending`,
    body: table(['', 'UPDATE applied, a start each', `of ${size} reported success`], rows),
    goals: [{ what: 'S10: starts that went wrong', value: wrong.length, limit: 0 }],
  }
}

function migration(number: number): readonly string[] {
  if (number === 1) return ['CREATE TABLE counter AS SELECT 0 AS n']
  return number === 3 ? ['UPDATE counter SET n = n + 1'] : smallTable(number)
}

async function startAll(bench: Bench, name: string): Promise<Start> {
  const all = makeMigrations(3, migration)
  const before = await prepare(bench, name, 'replicas-before', all.slice(0, 2))
  const after = await prepare(bench, name, 'replicas-after', all)
  return await bench.server.withDatabase(async (database) => {
    await runOnce(name, database.url, before)
    const processes = await Promise.all(
      Array.from({ length: size }, () => startWaiting(name, database.url, after)),
    )
    for (const { go } of processes) go()
    const ends = await Promise.allSettled(processes.map(({ done }) => done))
    return {
      applied: Number(await database.value('SELECT n FROM counter')),
      succeeded: ends.filter(({ status }) => status === 'fulfilled').length,
    }
  })
}
