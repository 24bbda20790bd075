import { newDatabase } from '../support/database.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { countedChain, countedEnd, countedState } from './counted-chain.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import { randomFrom } from './random.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const steps = 30
const none = { head: ['transaction: none'] }

/**
 * kill -9 behind PgBouncer, while a second process waits: in session mode with what runs outside transactions, in transaction mode
 * without. Each step runs once, and nothing is left on the backends that others are given.
 */
export async function pooledKill(size: Size, report: Report, ground: Ground): Promise<void> {
  if (!(await hasPgBouncer())) return report.skipped('pgbouncer is not installed')
  const random = randomFrom(ground.seed)
  const runs = size === 'full' ? 25 : 1
  for (const mode of ['session', 'transaction'] as const) {
    const chain = countedChain(steps, mode === 'session' ? { everyTenth: none } : {})
    const folder = await writeChain(ground.folder, mode, chain)
    for (let run = 0; run < runs; run++)
      await killBehind(mode, folder, random() * 700, report, ground)
  }
}

async function killBehind(
  mode: 'session' | 'transaction',
  folder: string,
  ms: number,
  report: Report,
  ground: Ground,
): Promise<void> {
  const database = await newDatabase(ground.serverUrl)
  const pgbouncer = await startPgBouncer(database.url, { mode, poolSize: 5 })
  await withWorkers(2, async ([first, second]) => {
    const job = bootOn(pgbouncer.url, folder, { waitTimeout: 120_000 })
    const timer = setTimeout(() => first!.process.kill('SIGKILL'), ms)
    const [killed, other] = await Promise.all([first!.run(job), second!.run(job)])
    clearTimeout(timer)
    if (killed.exit) report.kill()
    report.run()
    report.outcome(`${mode} mode: ${endOf(other)}`)
    const state = await countedState(database.url)
    if (!other.report || state !== countedEnd(steps))
      report.unexplained(`${mode} mode, ${ms} ms`, { ...other, log: [], state })
    const left = await database.query(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    if (left.length > 0) report.unexplained(`${mode} mode: a lock is left`, left)
  })
  await pgbouncer.stop()
  await database.drop()
}
