import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { newDatabase, type TestDatabase, withSql } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { type Link, writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, withWorkers } from './worker.ts'

/** Where a process is stopped: once the server runs a statement like this for it. */
interface Moment {
  readonly name: string
  readonly chain: Readonly<Record<string, Link>>
  readonly busyWith: string
}

const first = {
  a01: {
    up: 'CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0);\nINSERT INTO t SELECT generate_series(1, 2000);',
  },
}
const none = ['transaction: none']

const moments: readonly Moment[] = [
  {
    name: 'a transactional step',
    chain: { ...first, a02: { up: 'CREATE TABLE half (id int);\nSELECT pg_sleep(60);' } },
    busyWith: '%pg_sleep(60)%',
  },
  {
    name: 'a step outside transactions',
    chain: {
      ...first,
      a02: { head: none, up: 'CREATE TABLE half (id int);\nSELECT pg_sleep(60);' },
    },
    busyWith: '%pg_sleep(60)%',
  },
  {
    name: 'a concurrent build',
    chain: { ...first, a02: { head: none, up: 'CREATE INDEX CONCURRENTLY half ON t (n);' } },
    busyWith: 'CREATE INDEX CONCURRENTLY%',
  },
  {
    name: 'a backfill',
    chain: {
      ...first,
      a02: {
        ts: `export const transaction = 'none'
export const upgrade = ({ backfill }) => backfill({ table: 't', set: 'n = n + 1', batchSize: 10, pauseMs: 100 })
export async function downgrade() {}`,
      },
    },
    busyWith: '%WITH batch%',
  },
]

/** SIGTERM and SIGINT anywhere: the process ends with an error in time, and the server keeps nothing of it. */
export async function stop(size: Size, report: Report, ground: Ground): Promise<void> {
  const [runs, signals] =
    size === 'full' ? [10, ['SIGTERM', 'SIGINT'] as const] : [1, ['SIGTERM'] as const]
  for (let run = 0; run < runs; run++)
    await Promise.all(
      signals.flatMap((signal) => [
        ...moments.map((moment) => stopAt(moment, signal, report, ground)),
        stopWaiting(signal, report, ground),
        stopUnanswered(signal, size, report, ground),
      ]),
    )
}

async function stopAt(moment: Moment, signal: NodeJS.Signals, report: Report, ground: Ground) {
  const before = await writeChain(ground.folder, `${moment.name} ${signal} before`, first)
  const folder = await writeChain(ground.folder, `${moment.name} ${signal}`, moment.chain)
  const database = await newDatabase(ground.serverUrl)
  // An old snapshot keeps a concurrent build waiting.
  const old = postgres(database.url, { max: 1, connection: { application_name: 'old' } })
  await withWorkers(1, async ([worker]) => {
    await worker!.run(bootOn(database.url, before))
    await old.unsafe('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await old.unsafe('SELECT count(*) FROM t')
    const boot = worker!.run(bootOn(database.url, folder))
    await withSql(database.url, async (sql) => {
      // What checks the SQL beforehand, and runs none of it, holds the same text.
      const busy = `SELECT FROM pg_stat_activity WHERE application_name LIKE 'limbeck%' AND datname = current_database() AND query LIKE '${moment.busyWith}' AND query NOT LIKE 'SET LOCAL check_function_bodies%'`
      while ((await sql.unsafe(busy)).length === 0) await sleep(10)
    })
    const start = Date.now()
    worker!.process.kill(signal)
    const answer = await boot
    await worker!.exited
    judge(
      `${signal} in ${moment.name}`,
      answer,
      Date.now() - start,
      worker!.process.exitCode,
      report,
    )
    await judgeServer(`${signal} in ${moment.name}`, database.url, report)
  })
  await old.end({ timeout: 1 })
  // What was interrupted outside transactions is recorded: an INVALID index goes with the next boot.
  const without = moment.name === 'a backfill' || moment.busyWith.startsWith('CREATE INDEX')
  if (without) await bootAgain(`${signal} in ${moment.name}`, database, folder, report)
  await database.drop()
}

async function bootAgain(name: string, database: TestDatabase, folder: string, report: Report) {
  await withWorkers(1, async ([worker]) => {
    const answer = await worker!.run(bootOn(database.url, folder))
    const wrong = await database.query(
      `SELECT 'index' FROM pg_index WHERE NOT indisvalid UNION ALL SELECT 'row' FROM t GROUP BY n HAVING count(*) <> 2000`,
    )
    if (answer.report?.outcome !== 'resumed' || wrong.length > 0)
      report.unexplained(`${name}: the next boot`, { ...answer, log: [], wrong })
  })
}

/** Stopped while another session holds the lock, which it does until a row is gone. */
async function stopWaiting(signal: NodeJS.Signals, report: Report, ground: Ground) {
  const folder = await writeChain(ground.folder, `waiting ${signal}`, {
    ...first,
    a02: {
      up: 'DO $$ BEGIN WHILE EXISTS (SELECT FROM t WHERE id = 1) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;',
    },
  })
  const database = await newDatabase(ground.serverUrl)
  await withWorkers(2, async ([holder, worker]) => {
    const held = holder!.run(bootOn(database.url, folder))
    while (!holder!.log.some(({ facts }) => facts.revision === 'a01')) await sleep(10)
    const boot = worker!.run(bootOn(database.url, folder))
    while (!worker!.log.some(({ message }) => message.startsWith('waiting'))) await sleep(10)
    const start = Date.now()
    worker!.process.kill(signal)
    const answer = await boot
    await worker!.exited
    judge(`${signal} in the wait`, answer, Date.now() - start, worker!.process.exitCode, report)
    await database.query('DELETE FROM t WHERE id = 1')
    if (!(await held).report) report.unexplained('the one that was waited for')
  })
  await database.drop()
}

/** Stopped while the server's answer will never come. */
async function stopUnanswered(signal: NodeJS.Signals, size: Size, report: Report, ground: Ground) {
  const folder = await writeChain(ground.folder, `unanswered ${signal}`, first)
  const database = await newDatabase(ground.serverUrl)
  const state = { cut: false }
  const proxy = await startProxy(database.url, {
    afterMessage: ({ text }) => {
      if (!text.includes('CREATE TABLE t')) return
      // With the whole network gone the last attempt to cancel takes another while.
      proxy.silence(size === 'full' ? 'whole' : 'all')
      state.cut = true
    },
  })
  await withWorkers(1, async ([worker]) => {
    const boot = worker!.run(bootOn(proxy.url, folder))
    while (!state.cut) await sleep(10)
    const start = Date.now()
    worker!.process.kill(signal)
    const answer = await boot
    await worker!.exited
    const name = `${signal} without an answer`
    judge(name, answer, Date.now() - start, worker!.process.exitCode, report)
  })
  await proxy.close()
  await database.drop()
}

function judge(name: string, answer: Answer, ms: number, code: number | null, report: Report) {
  report.run()
  report.kill()
  report.time(name, ms)
  report.outcome(answer.error?.code ?? 'no error')
  if (answer.error?.code !== 'LIMBECK_CANCELLED' || code !== 1 || ms > 40_000)
    report.unexplained(name, { ...answer, log: [], code, ms })
}

async function judgeServer(name: string, url: string, report: Report): Promise<void> {
  await withSql(url, async (sql) => {
    const left = `SELECT state, query FROM pg_stat_activity WHERE application_name LIKE 'limbeck%' AND datname = current_database()`
    for (let tries = 0; tries < 1_000 && (await sql.unsafe(left)).length > 0; tries++)
      await sleep(20)
    const sessions = await sql.unsafe(left)
    const locks = await sql`SELECT FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    if (sessions.length + locks.length > 0)
      report.unexplained(`${name}: left on the server`, { sessions, locks: locks.length })
  })
}
