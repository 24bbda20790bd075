import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { newDatabase, type TestDatabase } from '../support/database.ts'
import { idOf, writeChain } from './folder.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { type Answer, endOf, type Job, type Worker, withWorkers } from './worker.ts'

const total = 35
const behind = 30
const heads = [idOf(total)]
const starts = ['fresh', 'behind', 'head', 'legacy'] as const
type Start = (typeof starts)[number]

/** Processes that boot at once on one database, whatever it holds: one migrates, all end alike. */
export async function replicas(size: Size, report: Report, ground: Ground): Promise<void> {
  const [processes, runs] = size === 'full' ? [20, 50] : [6, 1]
  const chain = await writeNotingChain(ground.folder)
  await withWorkers(processes, async (workers) => {
    const templates = await makeTemplates(ground, chain, workers[0]!)
    for (const start of starts)
      for (let run = 0; run < runs; run++) {
        const database = await newDatabase(ground.serverUrl, templates[start].name)
        await bootAll(database, workers, { start, chain, report })
        await database.drop()
      }
    for (const template of Object.values(templates)) await template.drop()
  })
}

/** Each step adds 1 to what it meets: a step that ran twice shows. */
async function writeNotingChain(root: string): Promise<string> {
  const first = 'CREATE TABLE ran (step text, n int);'
  return await writeChain(
    root,
    'replicas',
    Object.fromEntries(
      Array.from({ length: total }, (_, index) => {
        const id = idOf(index + 1)
        const up = `${index === 0 ? first : ''}\nCREATE TABLE ${id} (id int);\nINSERT INTO ran VALUES ('${id}', (SELECT count(*) + 1 FROM ran));`
        return [id, { up }]
      }),
    ),
  )
}

async function makeTemplates(
  { serverUrl, folder }: Ground,
  chain: string,
  worker: Worker,
): Promise<Record<Start, TestDatabase>> {
  const make = async (target: string | null, extra?: string) => {
    const database = await newDatabase(serverUrl)
    const options = { url: database.url, migrations: chain }
    if (target) await worker.run({ call: 'upgrade', args: [target], options })
    if (extra) await database.query(extra)
    return database
  }
  await mkdir(path.join(folder, 'empty'), { recursive: true })
  return {
    fresh: await make(null),
    behind: await make(idOf(total - behind)),
    head: await make('heads'),
    legacy: await make(null, 'CREATE TABLE users (id int)'),
  }
}

async function bootAll(
  database: TestDatabase,
  workers: readonly Worker[],
  { start, chain, report }: { start: Start; chain: string; report: Report },
): Promise<void> {
  const job: Job = { call: 'initDb', options: { url: database.url, migrations: chain } }
  const began = Date.now()
  const answers = await Promise.all(workers.map((worker) => worker.run(job)))
  report.run()
  report.time(`${workers.length} replicas, ${start}`, Date.now() - began)
  for (const answer of answers) report.outcome(`${start}: ${endOf(answer)}`)
  const why = start === 'legacy' ? judgeLegacy(answers) : judge(start, answers)
  if (why) report.unexplained(`replicas on ${start}: ${why}`, answers.map(endOf))
  const wrong = await judgeDatabase(database, start)
  if (wrong) report.unexplained(`replicas on ${start}: ${wrong}`)
}

function judge(start: Start, answers: readonly Answer[]): string | null {
  const reports = answers.flatMap((answer) => answer.report ?? [])
  if (reports.length < answers.length) return 'not every process serves'
  if (reports.some(({ to }) => to.join() !== heads.join())) return 'other heads were reported'
  const worked = reports.filter(({ outcome }) => outcome === 'created' || outcome === 'upgraded')
  if (worked.length !== (start === 'head' ? 0 : 1)) return `${worked.length} processes migrated`
  const expected = { fresh: total, behind, head: 0, legacy: 0 }[start]
  if ((worked[0]?.applied.length ?? 0) !== expected) return 'other revisions were reported'
  const rest = reports.filter((report) => !worked.includes(report))
  return rest.every(({ outcome }) => outcome === 'waited' || outcome === 'current')
    ? null
    : 'another outcome than waited or current'
}

function judgeLegacy(answers: readonly Answer[]): string | null {
  return answers.every(({ error }) => error?.code === 'LIMBECK_LEGACY_DATABASE')
    ? null
    : 'not every process refused'
}

async function judgeDatabase(database: TestDatabase, start: Start): Promise<string | null> {
  if (start === 'legacy') {
    const [found] = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    )
    return found?.n === 1 ? null : 'a legacy database was changed'
  }
  const [found] = await database.query<{ ran: number; history: number; rows: string[] }>(`SELECT
  (SELECT count(*)::int FROM ran WHERE step = 'r' || lpad(n::text, 2, '0')) AS ran,
  (SELECT count(DISTINCT revision)::int * 1000 + count(*)::int FROM limbeck_history) AS history,
  (SELECT json_agg(version_num) FROM limbeck_version) AS rows`)
  if (found?.ran !== total) return `${found?.ran} steps ran in order`
  if (found.history !== total * 1_000 + total) return `history: ${found.history}`
  return found.rows.join() === heads.join() ? null : `rows: ${found.rows}`
}
