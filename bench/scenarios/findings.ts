import { mkdtemp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench, Section } from '../bench.ts'
import { initDb } from '../limbeck.ts'
import { makeMigrations } from '../migrations.ts'
import type { BenchDatabase } from '../server.ts'
import { median } from '../statistics.ts'
import { number, table } from '../table.ts'
import { tableModels, tableStatements } from '../tables.ts'

const tables = 500
const runs = 7

/** One boot at head: until its report, and from there until what was looked for is found. */
interface Measured {
  readonly boot: number
  readonly found: number
  /** Of this process, in both. */
  readonly cpu: number
}

/** S11: what is looked at once a boot at head has reported. */
export async function findings(bench: Bench): Promise<Section> {
  const folder = await mkdtemp(path.join(bench.scratch, 'findings-'))
  const sql = makeMigrations(tables, tableStatements).flatMap(({ statements }) => statements)
  // Another fingerprint than that of the models: what is measured ends with a finding.
  await writeFile(
    path.join(folder, 'aaaa00000001_all.sql'),
    `-- all\n--\n-- revision: aaaa00000001\n-- revises:\n-- models: 0000000000000000\n-- irreversible: it is a bench\n\n-- +upgrade\n${sql.join(';\n')};\n`,
  )
  return await bench.server.withDatabase(async (database) => {
    const options = { url: database.url, migrations: folder }
    await initDb({ ...options, fresh: 'chain' })
    const rows = [
      ['nothing further', await atHead(options)],
      [
        'modelsAhead, models given as a module',
        await repeated({ ...options, models: tableModels(tables) }),
      ],
      ["drift: 'warn'", await drifted(database, options)],
    ] as const
    return {
      title: `S11 What a boot at head looks at once it has reported, ${tables} tables, ms`,
      body: table(
        ['', 'until the report', 'from there to the finding', 'CPU of the process'],
        rows.map(([name, { boot, found, cpu }]) => [
          name,
          number(boot),
          number(found),
          number(cpu),
        ]),
      ),
      goals: [],
    }
  })
}

/** The first boot keeps the catalog, and what is changed then is found by the others. */
async function drifted(database: BenchDatabase, options: object): Promise<Measured> {
  const kept = new Promise<void>((resolve) => {
    const debug = (_: object, message: string) => message.includes('catalog') && resolve()
    const nothing = () => {}
    const logger = { debug, info: nothing, warn: nothing, error: nothing }
    void initDb({ ...options, drift: 'warn', logger })
  })
  await kept
  await database.value('DROP INDEX t_1_title_index')
  return await repeated({ ...options, drift: 'warn' })
}

async function atHead(options: object): Promise<Measured> {
  const all: Measured[] = []
  for (let run = 0; run <= runs; run++) all.push(await measure(options, false))
  return middle(all)
}

async function repeated(options: object): Promise<Measured> {
  const all: Measured[] = []
  for (let run = 0; run <= runs; run++) all.push(await measure(options, true))
  return middle(all)
}

/** Without the first, which loads modules. */
function middle([, ...all]: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => median(all.map(pick))
  return {
    boot: of(({ boot }) => boot),
    found: of(({ found }) => found),
    cpu: of(({ cpu }) => cpu),
  }
}

async function measure(options: object, isFound: boolean): Promise<Measured> {
  let tell = () => {}
  const finding = new Promise<void>((resolve) => {
    tell = resolve
  })
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await initDb({ ...options, onFinding: tell })
  const reported = performance.now()
  if (isFound) await finding
  const { user, system } = process.cpuUsage(cpu)
  return {
    boot: reported - start,
    found: isFound ? performance.now() - reported : 0,
    cpu: (user + system) / 1000,
  }
}
