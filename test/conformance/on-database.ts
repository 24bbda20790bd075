import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { startServer } from '../support/server.ts'
import { carryOut, whyNot } from './carry-out.ts'
import type { Case } from './case.ts'
import { writeGraph } from './files.ts'
import { judgeCarriedOut, type Verdict } from './judge.ts'
import { openLane } from './lane.ts'

/** The verdicts of the cases that were carried out, by their index, and where. */
export interface DatabaseRun {
  readonly server: string
  readonly verdicts: ReadonlyMap<number, Verdict>
}

/** Carries out what can be carried out, on the server that tests run on, in a few databases at once. */
export async function judgeOnDatabase(cases: readonly Case[]): Promise<DatabaseRun> {
  const server = await startServer()
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-conformance-'))
  try {
    const verdicts = new Map<number, Verdict>()
    const folderOf = graphFolders(folder)
    const queue = cases.entries()
    const work = async () => {
      const lane = await openLane(server.url, await folderOf([]))
      try {
        for (const [index, fact] of queue) {
          if (whyNot(fact) !== null) continue
          const answer = await carryOut(lane, await folderOf(fact.graph), fact)
          verdicts.set(index, judgeCarriedOut(fact, answer))
        }
      } finally {
        await lane.close()
      }
    }
    await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, 8) }, work))
    return { server: server.source, verdicts }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await server.stop()
  }
}

/** Writes each graph once, however many cases are about it. */
function graphFolders(root: string): (graph: Case['graph']) => Promise<string> {
  const written = new Map<string, Promise<string>>()
  const write = async (graph: Case['graph'], folder: string) => {
    await writeGraph(folder, graph)
    return folder
  }
  return (graph) => {
    const key = JSON.stringify(graph)
    const found = written.get(key) ?? write(graph, path.join(root, String(written.size)))
    written.set(key, found)
    return found
  }
}
