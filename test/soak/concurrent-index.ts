import { newDatabase, withSql } from '../support/database.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

/** Sessions of Limbeck that would hold a concurrent build up: with a snapshot, or in a transaction, while they wait. */
const holding = `SELECT pid, state, wait_event_type, query FROM pg_stat_activity
WHERE application_name LIKE 'limbeck%' AND datname = current_database() AND query NOT ILIKE '%INDEX CONCURRENTLY%'
  AND ((state <> 'active' AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL OR xact_start IS NOT NULL))
    OR wait_event_type = 'Lock')`

/** Eight processes wait while a ninth builds an index concurrently: nobody deadlocks, and nobody holds it up. */
export async function concurrentIndex(size: Size, report: Report, ground: Ground): Promise<void> {
  const [rows, runs] = size === 'full' ? [1_000_000, 100] : [50_000, 1]
  const first = {
    up: `CREATE TABLE t (id int PRIMARY KEY, v int);\nINSERT INTO t SELECT i, i % 1000 FROM generate_series(1, ${rows}) i;`,
  }
  const before = await writeChain(ground.folder, 'index-before', { a01: first })
  const chain = await writeChain(ground.folder, 'index', {
    a01: first,
    a02: { head: ['transaction: none'], up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);' },
  })
  const database = await newDatabase(ground.serverUrl)
  await withWorkers(9, async (workers) => {
    await workers[0]!.run(bootOn(database.url, before))
    for (let run = 0; run < runs; run++) {
      const state = { done: false }
      const watching = withSql(database.url, async (sql) => {
        while (!state.done) {
          const found = await sql.unsafe(holding)
          if (found.length > 0) report.unexplained('a session holds the build up', found)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })
      const start = Date.now()
      const answers = await Promise.all(
        workers.map((worker) => worker.run(bootOn(database.url, chain))),
      )
      report.time('until all nine serve', Date.now() - start)
      state.done = true
      await watching
      report.run()
      for (const answer of answers) report.outcome(endOf(answer))
      const built = answers.filter((answer) => answer.report?.outcome === 'upgraded')
      if (built.length !== 1 || answers.some((answer) => !answer.report))
        report.unexplained(
          'nine boots',
          answers.map(({ log, ...answer }) => answer),
        )
      const indexes = await database.query<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('t_v')`,
      )
      if (indexes.length !== 1 || indexes[0]?.valid !== true)
        report.unexplained('the index', indexes)
      await database.query(
        `DROP INDEX t_v; UPDATE limbeck_version SET version_num = 'a01'; DELETE FROM limbeck_history WHERE revision = 'a02'`,
      )
    }
  })
  const [row] = await database.query<{ n: number }>(
    `SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()`,
  )
  report.outcome(`deadlocks: ${row?.n}`)
  if (row?.n !== 0) report.unexplained('deadlocks', row)
  await database.drop()
}
