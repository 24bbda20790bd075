import { newDatabase, type TestDatabase } from '../support/database.ts'
import { type Link, writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, endOf, withWorkers } from './worker.ts'

/** Where a process is stopped (SIGSTOP): when the server has done something for it. */
interface Moment {
  readonly name: string
  readonly link: Link
  /** True once the process has come so far. */
  readonly reached: string
}

const first = `CREATE TABLE ran (step text);
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO t SELECT generate_series(1, 2000);`
const none = ['transaction: none']
const isBusy = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(3)%' AND wait_event = 'PgSleep') AS reached`

const moments: readonly Moment[] = [
  {
    name: 'between the batches of a backfill',
    link: {
      ts: `export const transaction = 'none'
export const upgrade = ({ backfill }) => backfill({ table: 't', set: 'n = n + 1', batchSize: 100, pauseMs: 100 })
export async function downgrade() {}`,
    },
    reached: 'SELECT sum(n) BETWEEN 100 AND 1500 AS reached FROM t',
  },
  {
    name: 'in a transaction of SQL',
    link: {
      up: `INSERT INTO ran VALUES ('a02');\nUPDATE t SET n = n + 1;\nSELECT pg_sleep(3);\nCREATE TABLE u (id int);`,
    },
    reached: isBusy,
  },
  {
    name: 'between two units outside transactions',
    link: {
      head: none,
      up: `INSERT INTO ran VALUES ('a02');\nBEGIN;\nUPDATE t SET n = n + 1;\nSELECT pg_sleep(3);\nCOMMIT;\nCREATE INDEX CONCURRENTLY t_n ON t (n);`,
    },
    reached: isBusy,
  },
  {
    name: 'in code that holds a transaction',
    link: {
      ts: `export async function upgrade({ sql }) {
  await sql\`INSERT INTO ran VALUES ('a02')\`
  await sql\`UPDATE t SET n = n + 1\`
  await sql\`SELECT pg_sleep(3)\`
}
export async function downgrade() {}`,
    },
    reached: isBusy,
  },
]

/**
 * The holder of the lock is stopped (SIGSTOP) and continued (SIGCONT) when another process has taken over: each row is changed
 * once, and the one that comes back writes nothing.
 */
export async function freeze(size: Size, report: Report, ground: Ground): Promise<void> {
  const chosen = size === 'full' ? moments : moments.slice(ground.seed % 2, (ground.seed % 2) + 1)
  for (let run = 0; run < (size === 'full' ? 3 : 1); run++)
    await Promise.all(chosen.map((moment) => freezeAt(moment, report, ground)))
}

async function freezeAt(moment: Moment, report: Report, ground: Ground): Promise<void> {
  const database = await newDatabase(ground.serverUrl)
  const name = moment.name.replaceAll(' ', '-')
  const folder = await writeChain(ground.folder, name, { a01: { up: first }, a02: moment.link })
  await withWorkers(2, async ([holder, other]) => {
    const answer = holder!.run(bootOn(database.url, folder))
    if (!(await hasReached(database, moment.reached)))
      report.unexplained(`${moment.name}: too late`)
    holder!.process.kill('SIGSTOP')
    const start = Date.now()
    const took = await other!.run(bootOn(database.url, folder, { waitTimeout: 120_000 }))
    report.time('taken over after', Date.now() - start)
    holder!.process.kill('SIGCONT')
    const back = await answer
    report.run()
    report.outcome(`${moment.name}: ${endOf(took)}, and then ${endOf(back)}`)
    const wrong = await wrongIn(database, [took, back])
    if (wrong)
      report.unexplained(moment.name, {
        wrong,
        took: { ...took, log: [] },
        back: { ...back, log: [] },
      })
  })
  await database.drop()
}

async function hasReached(database: TestDatabase, query: string): Promise<boolean> {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const [row] = await database.query<{ reached: boolean }>(query).catch(() => [])
    if (row?.reached) return true
  }
  return false
}

/** What is not as it must be; undefined where all is. */
async function wrongIn(
  database: TestDatabase,
  [took, back]: readonly [Answer, Answer],
): Promise<object | undefined> {
  const [row] = await database.query<{
    ran: number
    least: number
    most: number
    steps: number
    at: string
    left: number
  }>(
    `SELECT (SELECT count(*)::int FROM ran) AS ran, (SELECT min(n) FROM t) AS least, (SELECT max(n) FROM t) AS most,
      (SELECT count(*)::int FROM limbeck_history) AS steps, (SELECT version_num FROM limbeck_version) AS at, (SELECT count(*)::int FROM limbeck_progress) AS left`,
  )
  const isRight =
    row?.least === 1 &&
    row.most === 1 &&
    row.ran <= 1 &&
    row.steps === 2 &&
    row.at === 'a02' &&
    row.left === 0
  // It may have been so quick that its last statement was through.
  const isFine =
    took.report !== undefined &&
    (back.error?.code === 'LIMBECK_CONNECTION_LOST' || back.report !== undefined)
  return isRight && isFine ? undefined : { row }
}
