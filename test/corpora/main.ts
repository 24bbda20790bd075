import path from 'node:path'
import { startServer } from '../support/server.ts'
import { type Corpus, corpora } from './corpora.ts'
import { falsePositives } from './create-all.ts'
import { readCorpusModels } from './models.ts'
import { journal, replay } from './replay.ts'
import { checkSwitched, trySwitch } from './switch.ts'
import { pairs, type Transition, tryTransition } from './transitions.ts'

// npm run corpora -- [--switch] <folder with the repositories of corpora.ts checked out> [names]
const [root, ...names] = process.argv.slice(2).filter((argument) => argument !== '--switch')
const isSwitch = process.argv.includes('--switch')
if (root === undefined) throw new Error('usage: npm run corpora -- <folder> [name …]')
const server = await startServer()
try {
  const chosen = corpora.filter(({ name }) => names.length === 0 || names.includes(name))
  const results = []
  for (const corpus of chosen)
    results.push(
      await (isSwitch ? switchCorpus : tryCorpus)(corpus, path.resolve(root, corpus.folder)),
    )
  const faults = results.flat().filter((ok) => !ok).length
  console.log(`${results.flat().length - faults} ok, ${faults} bad`)
  process.exitCode = faults === 0 ? 0 : 1
} finally {
  await server.stop()
}

/** One entry a check: whether it went well. */
async function tryCorpus(corpus: Corpus, folder: string): Promise<readonly boolean[]> {
  const models = await readCorpusModels(corpus, folder)
  const { afterCreateAll, afterRestore } = await falsePositives(server.url, models)
  console.log(
    `${corpus.name}: ${models.tables.length} tables; false positives: ${afterCreateAll.length} after create-all, ${afterRestore?.length ?? 'unknown'} after dump and restore`,
  )
  for (const statement of [...afterCreateAll, ...(afterRestore ?? [])])
    console.log(`  ${statement}`)
  const transitions = await tryHistory(corpus, folder)
  return [
    afterCreateAll.length === 0,
    afterRestore === null || afterRestore.length === 0,
    ...transitions.map(({ fault }) => fault === undefined),
  ]
}

/** One entry a point of the history. */
async function switchCorpus(corpus: Corpus, folder: string): Promise<readonly boolean[]> {
  const switched = await trySwitch(server.url, corpus, folder)
  for (const { ran, outcome, applied, ms, faults } of switched) {
    console.log(
      `${corpus.name}: ${ran} migrations by drizzle: ${outcome}, ${applied} applied, ${ms} ms`,
    )
    for (const fault of faults) console.log(`  BAD ${fault}`)
  }
  const said = await checkSwitched(server.url, corpus, folder).catch(
    (error: Error) => error.message,
  )
  console.log(`${corpus.name}: check: ${said}`)
  return switched.map(({ faults }) => faults.length === 0)
}

async function tryHistory(corpus: Corpus, folder: string): Promise<readonly Transition[]> {
  const count = (await journal(corpus, folder)).length
  const chosen = pairs(count)
  const positions = [...new Set(chosen.flat())].sort((a, b) => a - b)
  const { states, failed } = await replay(server.url, corpus, folder, new Set(positions))
  for (const statement of failed) console.log(`  replay: ${statement}`)
  const stateAt = new Map(positions.map((position, at) => [position, states[at]]))
  const done: Transition[] = []
  for (const [one, other] of chosen) {
    const [a, b] = [stateAt.get(one), stateAt.get(other)]
    if (!a || !b) continue
    for (const transition of [
      await tryTransition(server.url, a, b),
      await tryTransition(server.url, b, a),
    ]) {
      if (transition) done.push(transition)
      if (transition?.fault)
        console.log(`  BAD ${transition.from} → ${transition.to}: ${transition.fault}\n`)
    }
  }
  for (const { database } of states) await database.drop()
  const bad = done.filter(({ fault }) => fault !== undefined).length
  const statements = done.reduce((sum, transition) => sum + transition.statements, 0)
  console.log(`  transitions: ${done.length - bad} ok, ${bad} bad, ${statements} statements`)
  return done
}
