import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, installed, type Section } from './bench.ts'
import { contenderNames } from './contender.ts'
import { goalsText, sectionText, writeReport } from './report.ts'
import { apply } from './scenarios/apply.ts'
import { boot } from './scenarios/boot.ts'
import { clone } from './scenarios/clone.ts'
import { createAll } from './scenarios/create-all.ts'
import { findings } from './scenarios/findings.ts'
import { fleet } from './scenarios/fleet.ts'
import { graph } from './scenarios/graph.ts'
import { herd } from './scenarios/herd.ts'
import { kill } from './scenarios/kill.ts'
import { memory } from './scenarios/memory.ts'
import { replicas } from './scenarios/replicas.ts'
import { startBenchServer } from './server.ts'

type Scenario = (bench: Bench) => Promise<Section | readonly Section[]>

const scenarios: Readonly<Record<string, Scenario>> = {
  S1: boot,
  S2: apply,
  S3: createAll,
  S4: herd,
  S5: kill,
  S6: fleet,
  S7: graph,
  S8: memory,
  S9: clone,
  S10: replicas,
  S11: findings,
}

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(scenarios).join() },
    contenders: { type: 'string', default: contenderNames.join() },
    write: { type: 'string' },
    picture: { type: 'string' },
  },
})

const start = performance.now()
const say = (line: string) => {
  const seconds = ((performance.now() - start) / 1_000).toFixed(0).padStart(4)
  process.stderr.write(`${seconds} s  ${line}\n`)
}
const scratch = await mkdtemp(path.join(tmpdir(), 'limbeck-bench-'))
const server = await startBenchServer()
const cleanUp = async () => {
  await server.stop()
  await rm(scratch, { recursive: true, force: true })
}
// A server outlives its starter.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => cleanUp().finally(() => process.exit(code)))
}
try {
  const contenders = await installed(values.contenders.split(','), say)
  // npm runs this in its own folder; paths are meant from where the user is.
  const fromHere = (file: string) => path.resolve(process.env.INIT_CWD ?? process.cwd(), file)
  const bench: Bench = {
    server,
    contenders,
    scratch,
    full: values.full,
    say,
    ...(values.picture === undefined ? {} : { picture: fromHere(values.picture) }),
  }
  const texts: string[] = []
  // At once: a run that is interrupted has shown what it has.
  const show = (text: string) => {
    texts.push(text)
    process.stdout.write(`${text}\n\n`)
  }
  const day = new Date().toISOString().slice(0, 10)
  const run = `${day}, ${values.full ? 'full' : 'quick'} set`
  show([run, ...server.facts].map((fact) => `- ${fact}`).join('\n'))
  const sections: Section[] = []
  for (const name of values.only.split(',')) {
    const scenario = scenarios[name]
    if (!scenario) throw new Error(`no scenario ${name}: ${Object.keys(scenarios).join(', ')}`)
    const found = [await scenario(bench)].flat()
    sections.push(...found)
    for (const section of found) show(sectionText(section))
  }
  show(goalsText(sections))
  if (values.write !== undefined) await writeReport(fromHere(values.write), texts.join('\n\n'))
} finally {
  await cleanUp()
}
