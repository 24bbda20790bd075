import { setTimeout as sleep } from 'node:timers/promises'
import { newDatabase } from '../support/database.ts'
import { type Silence, startProxy } from '../support/proxy.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, endOf, withWorkers } from './worker.ts'

/** A cut: when it happens, and what of the connection goes silent without being closed. */
interface Cut {
  readonly name: string
  /** A statement of the first process that has just been passed on. */
  readonly after: RegExp
  readonly what: Silence
}

const cuts: readonly Cut[] = [
  { name: 'before the lock', after: /pg_try_advisory_lock/, what: 'all' },
  { name: 'before the lock, answers only', after: /pg_backend_pid\(\) AS pid/, what: 'answers' },
  { name: 'in a transaction', after: /CREATE TABLE c02/, what: 'all' },
  { name: 'in a transaction, answers only', after: /CREATE TABLE c02/, what: 'answers' },
  { name: 'in a statement that sleeps', after: /pg_sleep/, what: 'all' },
  { name: 'in a concurrent build', after: /CREATE INDEX CONCURRENTLY/, what: 'all' },
  { name: 'in a backfill', after: /WITH batch/, what: 'answers' },
  { name: 'in code', after: /SELECT 'code'/, what: 'all' },
]

/** The network falls silent on either side of the lock, closing nothing: no process hangs, and the next takes over. */
export async function network(size: Size, report: Report, ground: Ground): Promise<void> {
  const chain = await writeChain(ground.folder, 'network', {
    c01: {
      up: 'CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0);\nINSERT INTO t SELECT generate_series(1, 500);',
    },
    c02: { up: 'CREATE TABLE c02 (id int);' },
    c03: { up: 'CREATE TABLE c03 (id int);\nSELECT pg_sleep(2);' },
    c04: { head: ['transaction: none'], up: 'CREATE INDEX CONCURRENTLY t_n ON t (n);' },
    c05: {
      ts: `export const transaction = 'none'
export async function upgrade({ backfill }) { await backfill({ table: 't', set: 'n = n + 1', batchSize: 100 }) }
export async function downgrade() {}`,
    },
    c06: {
      ts: `export async function upgrade({ sql }) {
  await sql\`SELECT 'code'\`
  await new Promise((resolve) => setTimeout(resolve, 3000))
  await sql\`CREATE TABLE c06 (id int)\`
}
export async function downgrade() {}`,
    },
  })
  const runs = size === 'full' ? 5 : 1
  // The promise is for the soak; a machine that runs all tests at once may take its time.
  const limit = size === 'full' ? 30_000 : 90_000
  // On either side of the lock.
  const some = size === 'full' ? cuts : cuts.slice(1, 3)
  // Out of reach altogether: given up after a minute.
  const whole = { name: 'the whole network', after: /CREATE TABLE c02/, what: 'whole' } as const
  for (let run = 0; run < runs; run++)
    await Promise.all([
      noHandshake(ground, chain, limit, report),
      ...[...some, ...(size === 'full' ? [whole] : [])].map((cut) =>
        cutAndTakeOver(ground, { chain, cut, report, limit }),
      ),
    ])
}

/** Somebody accepts the connection and says nothing. */
async function noHandshake({ serverUrl }: Ground, chain: string, limit: number, report: Report) {
  const proxy = await startProxy(serverUrl)
  proxy.silence('whole')
  await withWorkers(1, async ([worker]) => {
    const answer = await worker!.run(bootOn(proxy.url, chain, { connectTimeout: 1_000 }))
    report.run()
    report.outcome(`silent from the start: ${endOf(answer)}`)
    report.time('silent from the start', answer.ms ?? 0)
    if (answer.error?.code !== 'LIMBECK_CONNECTION_FAILED' || (answer.ms ?? 0) > limit)
      report.unexplained('silent from the start', answer)
  })
  await proxy.close()
}

interface Trial {
  readonly chain: string
  readonly cut: Cut
  readonly report: Report
  /** How long the next process may wait, ms. */
  readonly limit: number
}

async function cutAndTakeOver({ serverUrl }: Ground, { chain, cut, report, limit }: Trial) {
  const database = await newDatabase(serverUrl)
  const state = { cutAt: 0 }
  const proxy = await startProxy(database.url, {
    afterMessage: ({ text }) => {
      if (state.cutAt > 0 || !cut.after.test(text)) return
      state.cutAt = Date.now()
      proxy.silence(cut.what)
    },
  })
  await withWorkers(2, async ([worker, next]) => {
    const first = worker!.run(bootOn(proxy.url, chain))
    while (state.cutAt === 0) await sleep(20)
    const sinceCut = () => Date.now() - state.cutAt
    const [answer, last] = await Promise.all([
      Promise.race([first, sleep(180_000, null, { ref: false })]).then((answer) => {
        report.time(`${cut.name}: the first process ends`, sinceCut())
        return answer
      }),
      next!.run(bootOn(database.url, chain)).then((answer) => {
        report.time(`${cut.name}: the next is done`, sinceCut())
        return answer
      }),
    ])
    report.run()
    report.outcome(`disconnected: ${answer ? endOf(answer) : 'hangs'}`)
    report.outcome(`next: ${endOf(last)}`)
    // Disconnected while it connects, it tries again and may be the one that migrates.
    if (answer === null || !(isLost(answer) || (answer.report && /before/.test(cut.name))))
      report.unexplained(`cut ${cut.name}`, answer)
    const isDone = last.report?.to.join() === 'c06' && (last.report.waitedMs ?? 0) < limit
    if (!isDone) report.unexplained(`cut ${cut.name}: the next process`, last)
    const [row] = await database.query<{ n: number }>('SELECT sum(n)::int AS n FROM t')
    if (row?.n !== 500) report.unexplained(`cut ${cut.name}: backfilled ${row?.n} of 500`)
  })
  await proxy.close()
  await database.drop()
}

function isLost({ error, ms = Number.POSITIVE_INFINITY }: Answer): boolean {
  return error?.code === 'LIMBECK_CONNECTION_LOST' && ms < 150_000
}
