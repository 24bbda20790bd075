import { setTimeout as sleep } from 'node:timers/promises'
import { newCluster } from '../support/cluster.ts'
import { withSql } from '../support/database.ts'
import { newStandby } from '../support/standby.ts'
import { countedChain, countedEnd, countedState } from './counted-chain.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import { randomFrom } from './random.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const steps = 60
const none = { head: ['transaction: none'] }

/**
 * The primary crashes in the middle of a run, and its streaming standby is promoted: the next boot goes on there with the same
 * URL, which names both, in any order. What the standby had not received is done again as a whole.
 */
export async function failover(size: Size, report: Report, ground: Ground): Promise<void> {
  const random = randomFrom(ground.seed)
  for (let run = 0; run < (size === 'full' ? 10 : 1); run++)
    await failOver(run, Math.floor(random() * (steps - 10)) + 5, report, ground)
}

async function failOver(run: number, at: number, report: Report, ground: Ground): Promise<void> {
  const folder = await writeChain(
    ground.folder,
    'failover',
    countedChain(steps, { everyTenth: none }),
  )
  const primary = await newCluster({ folder: `${ground.folder}/primary-${run}` })
  await primary.start()
  const replica = await newStandby(primary, { folder: `${ground.folder}/standby-${run}` })
  try {
    await replica.start()
    // The standby first: where the primary is, the URL does not say.
    const url = `${replica.url.replace(/\/[^/]*$/, '')},${new URL(primary.url).host}/postgres`
    await withWorkers(2, async ([worker, next]) => {
      const answer = worker!.run(bootOn(url, folder))
      await untilApplied(primary.url, at)
      await primary.stop('immediate')
      const cut = await answer
      report.run()
      report.outcome(`the run that was interrupted: ${endOf(cut)}`)
      if (cut.error?.code !== 'LIMBECK_CONNECTION_LOST')
        report.unexplained(`run ${run}: the first boot`, { ...cut, log: [] })
      await withSql(replica.url, (sql) => sql`SELECT pg_promote()`)
      const start = Date.now()
      const last = await next!.run(bootOn(url, folder))
      report.time('next boot', Date.now() - start)
      report.outcome(`after the failover: ${endOf(last)}`)
      const state = await countedState(replica.url)
      if (!last.report || state !== countedEnd(steps))
        report.unexplained(`run ${run}: after the failover`, { ...last, log: [], state })
    })
  } finally {
    await replica.remove()
    await primary.remove()
  }
}

async function untilApplied(url: string, count: number): Promise<void> {
  await withSql(url, async (sql) => {
    for (;;) {
      const [row] = await sql<
        { n: number }[]
      >`SELECT count(*)::int AS n FROM limbeck_history`.catch(() => [])
      if ((row?.n ?? 0) >= count) return
      await sleep(5)
    }
  })
}
