import { readEverything } from '../support/catalog.ts'
import { newDatabase } from '../support/database.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, endOf, withWorkers } from './worker.ts'

const chain = {
  a01: { up: 'CREATE TABLE ran (n int);\nCREATE TABLE t (id int, v int);' },
  a02: {
    up: 'INSERT INTO ran VALUES (1);\nINSERT INTO t SELECT i, i FROM generate_series(1, 20000) i;',
  },
  a03: { head: ['transaction: none'], up: 'CREATE INDEX CONCURRENTLY t_v ON t (v);' },
}

/**
 * Behind PgBouncer in transaction mode: what needs a lock is refused before anything is changed, naming `migrationUrl`; with
 * it everything is as without a pooler; at head the pooled URL serves.
 */
export async function pooler(size: Size, report: Report, ground: Ground): Promise<void> {
  if (!(await hasPgBouncer())) return report.skipped('pgbouncer is not installed')
  const [processes, runs] = size === 'full' ? [20, 25] : [6, 1]
  const folder = await writeChain(ground.folder, 'pooler', chain)
  await withWorkers(processes, async (workers) => {
    for (let run = 0; run < runs; run++) {
      const database = await newDatabase(ground.serverUrl)
      const pgbouncer = await startPgBouncer(database.url)
      const bootAll = async (name: string, migrationUrl?: string) => {
        const job = bootOn(pgbouncer.url, folder, { migrationUrl })
        const answers = await Promise.all(workers.map((worker) => worker.run(job)))
        report.run()
        for (const answer of answers) report.outcome(`${name}: ${endOf(answer)}`)
        return answers
      }
      const expect = (
        name: string,
        answers: readonly Answer[],
        isFine: (all: string[]) => boolean,
      ) => {
        const ends = answers.map(endOf)
        if (!isFine(ends)) report.unexplained(name, ends)
      }
      const before = await readEverything(database)
      const refused = await bootAll('pooled')
      expect('pooled', refused, (ends) => ends.every((end) => end === 'LIMBECK_POOLED_CONNECTION'))
      if (!refused.every(({ error }) => error?.hint?.includes('migrationUrl')))
        report.unexplained('no hint names migrationUrl')
      if ((await readEverything(database)).join() !== before.join())
        report.unexplained('something was changed through the pooler')
      expect(
        'migrationUrl',
        await bootAll('migrationUrl', database.url),
        (ends) =>
          ends.every((end) => ['waited', 'current', 'created'].includes(end)) &&
          ends.filter((end) => end === 'created').length === 1,
      )
      expect('at head', await bootAll('at head'), (ends) => ends.every((end) => end === 'current'))
      const [row] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM ran')
      if (row?.n !== 1) report.unexplained('a02 ran', row)
      await pgbouncer.stop()
      await database.drop()
    }
  })
}
