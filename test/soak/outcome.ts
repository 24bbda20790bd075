import type { BootOptions } from '../../src/index.ts'
import { readCatalog } from '../support/catalog.ts'
import { newDatabase, type TestDatabase } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { type Answer, type Job, startWorker, type Worker } from './worker.ts'

/** What the long chain leaves behind when nothing disturbs it, and what that takes. */
export async function undisturbed(serverUrl: string, chain: string) {
  const database = await newDatabase(serverUrl)
  const count = { messages: 0 }
  const proxy = await startProxy(database.url, { onMessage: () => count.messages++ })
  const worker = await startWorker()
  const start = Date.now()
  const job = bootOn(proxy.url, chain)
  const answer = await bootLongChain(worker, job)
  if (!answer.report) throw new Error(`undisturbed: ${JSON.stringify(answer.error)}`)
  const ms = Date.now() - start
  await worker.stop()
  await proxy.close()
  const state = await readOutcome(database)
  await database.drop()
  return { state, messages: count.messages, ms }
}

/** Boots, and again where the chain's trigger has failed: it does so once in the life of a database. */
export async function bootLongChain(worker: Worker, job: Job): Promise<Answer> {
  const answer = await worker.run(job)
  return answer.error?.sqlstate === 'P0001' ? await worker.run(job) : answer
}

/** A boot of the chain. */
export function bootOn(url: string, migrations: string, more: Partial<BootOptions> = {}): Job {
  return { call: 'initDb', options: { url, migrations, ...more } }
}

/** Catalog, rows, what ran in which order, and the history: all that must not depend on kills. */
export async function readOutcome(database: TestDatabase): Promise<string> {
  const rows = await database.query<{ line: string }>(`
SELECT 't ' || t::text AS line FROM t
UNION ALL SELECT 'ran ' || row_number() OVER (ORDER BY id) || ' ' || step FROM ran
UNION ALL SELECT 'version ' || version_num FROM limbeck_version
UNION ALL SELECT 'history ' || row_number() OVER (ORDER BY id) || ' ' || concat_ws(' ', revision, direction, rows_before, rows_after, hash) FROM limbeck_history
ORDER BY 1`)
  return [...(await readCatalog(database)), ...rows.map(({ line }) => line)].join('\n')
}

/** Lines that only one of two outcomes has. */
export function difference(expected: string, found: string): readonly string[] {
  const [a, b] = [new Set(expected.split('\n')), new Set(found.split('\n'))]
  return [
    ...[...a].filter((line) => !b.has(line)).map((line) => `- ${line}`),
    ...[...b].filter((line) => !a.has(line)).map((line) => `+ ${line}`),
  ].slice(0, 10)
}
