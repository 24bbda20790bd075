import { newDatabase } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { writeLongChain } from './long-chain.ts'
import { bootLongChain, bootOn, difference, readOutcome, undisturbed } from './outcome.ts'
import { randomFrom } from './random.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, startWorker, type Worker } from './worker.ts'

/** When a process is killed: before or after its n-th statement went out, or some time into the run. */
type Moment = { readonly before: number } | { readonly after: number } | { readonly ms: number }

/** kill -9 anywhere in a chain of everything that is hard to interrupt: the next boots end where nothing was killed. */
export async function kill(size: Size, report: Report, ground: Ground): Promise<void> {
  const chain = await writeLongChain(ground.folder)
  const { state, messages, ms } = await undisturbed(ground.serverUrl, chain)
  const random = randomFrom(ground.seed)
  const boundaries = Array.from({ length: messages }, (_, index): Moment[] => [
    { before: index },
    { after: index },
  ]).flat()
  const step = size === 'full' ? 1 : Math.ceil(boundaries.length / 4)
  const offset = size === 'full' ? 0 : Math.floor(random() * step)
  const moments: readonly Moment[] = [
    ...boundaries.filter((_, index) => index % step === offset),
    ...Array.from({ length: size === 'full' ? 200 : 1 }, () => ({ ms: random() * ms })),
  ]
  report.outcome(`(${messages} messages of an undisturbed run: ${moments.length} runs planned)`)
  // In any order, so that a soak that is stopped has seen all of the chain.
  const shuffled = moments
    .map((moment) => [random(), moment] as const)
    .toSorted(([a], [b]) => a - b)
  const queue = shuffled.map(([, moment]) => moment).values()
  // Two at once: while one process dies another one boots.
  const lane = async () => {
    for (const moment of queue) {
      const [worker, next] = await Promise.all([startWorker(), startWorker()])
      await killAndBoot(ground, chain, { moment, worker, next, state, report })
    }
  }
  await Promise.all([lane(), lane()])
}

interface Trial {
  readonly moment: Moment
  readonly worker: Worker
  /** The process that boots next. */
  readonly next: Worker
  readonly state: string
  readonly report: Report
}

async function killAndBoot({ serverUrl }: Ground, chain: string, trial: Trial): Promise<void> {
  const { moment, worker, next, state, report } = trial
  const database = await newDatabase(serverUrl)
  const name = JSON.stringify(moment)
  const killNow = () => worker.process.kill('SIGKILL')
  const proxy = await startProxy(database.url, {
    onMessage: ({ index }) => 'before' in moment && index === moment.before && killNow(),
    afterMessage: ({ index }) => 'after' in moment && index === moment.after && killNow(),
  })
  const timer = 'ms' in moment ? setTimeout(killNow, moment.ms) : undefined
  report.run()
  const answer = await bootLongChain(worker, bootOn(proxy.url, chain))
  clearTimeout(timer)
  if (answer.exit?.signal === 'SIGKILL') report.kill()
  else if (!answer.report) report.unexplained(`${name}: the first process`, answer)
  killNow()
  await worker.exited
  const start = Date.now()
  const last = await bootLongChain(next, bootOn(database.url, chain))
  report.time('next boot', Date.now() - start)
  report.time('next boot waits for the lock', last.report?.waitedMs ?? 0)
  report.outcome(endOf(last))
  if (!last.report) report.unexplained(`${name}: the next boot`, { ...last, log: [] })
  else if ((await readOutcome(database)) !== state)
    report.unexplained(`${name}: another end`, difference(state, await readOutcome(database)))
  const [row] = await database.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM limbeck_progress',
  )
  if (row?.n !== 0) report.unexplained(`${name}: a progress row is left`)
  next.process.kill('SIGKILL')
  await proxy.close()
  await database.drop()
}
