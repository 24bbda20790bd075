import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Bench, Goal, Section } from '../bench.ts'
import { distUrl, type Parents, writeRevisions } from '../limbeck.ts'
import { makeMigrations, smallTable } from '../migrations.ts'
import { median } from '../statistics.ts'
import { number, table } from '../table.ts'

const block = 20
const commands = ['heads', 'history', 'check --offline']

// Nothing is to connect to: what reads files only must not try.
const configText = `export default { url: 'postgres://nobody@127.0.0.1:1/none', migrations: 'migrations' }
`

/** Blocks of twenty revisions, each but the first two branches and their merge. */
const branched: Parents = (index) => {
  if (index < block) return index === 0 ? [] : [index - 1]
  const at = index % block
  if (at === block / 2) return [index - block / 2 - 1]
  return at === block - 1 ? [index - 1, index - block / 2] : [index - 1]
}

/** S7: what is read of a folder, and what is planned from it; no server has a part in it. */
export async function graph(bench: Bench): Promise<readonly Section[]> {
  const sections: Section[] = []
  for (const count of bench.full ? [1_000, 10_000] : [10_000])
    sections.push(await graphOf(bench, count))
  return sections
}

async function graphOf(bench: Bench, count: number): Promise<Section> {
  const cwd = path.join(bench.scratch, `graph-${count}`)
  const folder = path.join(cwd, 'migrations')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(cwd, 'package.json'), '{ "type": "module" }')
  await writeFile(path.join(cwd, 'limbeck.config.ts'), configText)
  await writeRevisions(folder, makeMigrations(count, smallTable), branched)
  const times = new Map<string, number[]>()
  const add = (what: string, ms: number) => times.set(what, [...(times.get(what) ?? []), ms])
  for (let round = 0; round < (bench.full ? 9 : 3); round++) {
    const { loadMs: floorMs } = await child('files-child.js', folder)
    add('floor: every file opened, its head read, closed', floorMs)
    const { loadMs, planMs = Number.NaN } = await child('graph-child.js', folder)
    add('load', loadMs)
    add('plan an upgrade from base', planMs)
    add('load + plan', loadMs + planMs)
    add('process: node', await timed(cwd, ['-e', '']))
    for (const command of commands)
      add(`process: limbeck ${command}`, await timed(cwd, [bin, ...command.split(' ')]))
    bench.say(`S7, ${count}: round ${round + 1}`)
  }
  await rm(cwd, { recursive: true })
  const of = (what: string) => median(times.get(what) ?? [])
  return {
    title: `S7 ${count} revisions, ${count / block - 1} branches and merges`,
    body: table(
      ['', 'ms'],
      [...times.keys()].map((what) => [what, number(of(what))]),
    ),
    goals: count < 10_000 ? [] : goals(of),
  }
}

function goals(of: (what: string) => number): readonly Goal[] {
  return [
    { what: 'S7 load + plan, 10,000 revisions, ms', value: of('load + plan'), limit: 150 },
    ...commands.map((command) => ({
      what: `S7 limbeck ${command}, 10,000 revisions, ms`,
      value: of(`process: limbeck ${command}`),
      limit: 500,
    })),
  ]
}

const bin = fileURLToPath(distUrl('lib/limbeck.js'))

async function child(file: string, folder: string): Promise<{ loadMs: number; planMs?: number }> {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', file)
  const started = spawn(process.execPath, [script, folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  return JSON.parse(await text(started.stdio[3] as NodeJS.ReadableStream))
}

/** From starting the process to its end, ms. */
async function timed(cwd: string, argv: readonly string[]): Promise<number> {
  const start = performance.now()
  // Nothing is to connect to: what reads files only must not try.
  const env = { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const started = spawn(process.execPath, argv, {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(started, 'exit')
  if (code !== 0) throw new Error(`${argv.slice(1).join(' ')} ended with ${code}`)
  return performance.now() - start
}
