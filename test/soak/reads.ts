import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { newDatabase } from '../support/database.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

/** A long SELECT holds a table that a revision wants for itself, while the application reads on: no read waits. */
export async function reads(size: Size, report: Report, ground: Ground): Promise<void> {
  // A machine that runs all tests at once may take its time; a read that queues behind the revision waits as long as the table is held.
  const { hold, limit } =
    size === 'full' ? { hold: 60_000, limit: 1_000 } : { hold: 4_000, limit: 2_500 }
  const perSecond = 50
  const first = {
    up: 'CREATE TABLE t (id int PRIMARY KEY, v int);\nINSERT INTO t SELECT i, i FROM generate_series(1, 1000) i;',
  }
  const before = await writeChain(ground.folder, 'reads-before', { a01: first })
  const chain = await writeChain(ground.folder, 'reads', {
    a01: first,
    a02: { up: 'ALTER TABLE t ADD COLUMN w int;' },
  })
  const database = await newDatabase(ground.serverUrl)
  const application = postgres(database.url, { max: 20, onnotice: () => {} })
  await withWorkers(1, async ([worker]) => {
    await worker!.run(bootOn(database.url, before))
    const holder = postgres(database.url, { max: 1, connection: { application_name: 'report' } })
    const [{ pid } = { pid: 0 }] = await holder<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
    const held =
      holder`SELECT count(*), pg_sleep(${hold / 1000}) FROM (SELECT FROM t LIMIT 1) AS one`.execute()
    await sleep(200)
    const boot = worker!.run(bootOn(database.url, chain))
    const until = Date.now() + hold + 2_000
    const reading: Promise<void>[] = []
    while (Date.now() < until) {
      const start = Date.now()
      reading.push(
        application`SELECT v FROM t WHERE id = 7`.then(() => {
          report.time('read', Date.now() - start)
          report.run()
          if (Date.now() - start > limit) report.unexplained('a read waited', Date.now() - start)
        }),
      )
      await sleep(1_000 / perSecond)
    }
    await Promise.all([...reading, held])
    const answer = await boot
    report.outcome(endOf(answer))
    report.time('the revision', answer.ms ?? 0)
    if (answer.report?.outcome !== 'upgraded') report.unexplained('the revision', answer)
    const waits = answer.log.filter(({ message }) => message.startsWith('a lock is in the way'))
    report.outcome(`tries that were logged: ${waits.length > 0 ? 'some' : 'none'}`)
    const named = waits.flatMap(({ facts }) => (facts.blockedBy as { pid: number }[]) ?? [])
    if (!named.some((blocker) => blocker.pid === pid))
      report.unexplained('no log line names the session that is in the way', waits)
    await holder.end()
  })
  await application.end()
  await database.drop()
}
