import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject, onTestFinished, test } from 'vitest'
import { locked, npmEnvironment, pack } from './support/packed.ts'
import { createDatabase, type TestDatabase } from './support/postgres.ts'
import { type Block, readBlocks } from './support/readme.ts'
import { freePort } from './support/server.ts'

/** Where a reader's shell is: what `cd` and `export` leave behind for the next block. */
interface Reader {
  readonly folder: string
  readonly state: string
  readonly database: TestDatabase
  /** What the README says, and what it is here; nothing else is changed in what it shows. */
  readonly replacements: Readonly<Record<string, string>>
  server?: ChildProcess
  /** stdout of the block before. */
  output: string
}

const repository = process.cwd()

// The README's two commands cannot be run by a test that they run. Where each is run instead:
const covered: Readonly<Record<string, (file: string) => boolean>> = {
  // The service's tests spawn the very file that `npm start` builds and runs.
  'npm ci && npm start': (file) =>
    scripts.start === 'node dist/src/service/server.js' &&
    scripts.prestart === 'npm run --silent build' &&
    file === 'test/service/embedded-postgres.test.ts' &&
    existsSync(file) &&
    readFileSync('test/service/process.ts', 'utf8').includes("'dist/src/service/server.js'"),
  'npm ci && npm test': (file) => /^npm ci$\n^npm test\b/m.test(readFileSync(file, 'utf8')),
}

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)

test('every block of the README says how it is covered', ({ expect }) => {
  const blocks = readBlocks()
  expect(blocks.length).toBeGreaterThan(20)
  expect(blocks.filter(({ marker }) => marker === undefined)).toEqual([])
})

test('all that the README shows runs as it stands, from the first block to the last', {
  timeout: 240_000,
}, async ({ expect }) => {
  const reader = await createReader()
  onTestFinished(() => stopServer(reader))
  for (const block of readBlocks()) {
    try {
      await follow(reader, block)
    } catch (error) {
      throw new Error(`README.md:${block.line}: ${(error as Error).message}`, { cause: error })
    }
  }
  const project = path.join(reader.folder, 'shop')
  expect(await typeCheck(project)).toBe('')
})

async function createReader(): Promise<Reader> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-readme-'))
  const state = await mkdtemp(path.join(tmpdir(), 'limbeck-readme-'))
  const packed = await pack()
  onTestFinished(async () => {
    await packed.remove()
    for (const each of [folder, state]) await rm(each, { recursive: true, force: true })
  })
  const database = await createDatabase()
  const [port, peers] = await Promise.all([
    freePort(),
    locked('fastify', 'drizzle-orm', 'postgres'),
  ])
  const replacements = {
    'npm install limbeck fastify drizzle-orm postgres': `npm install ${packed.tarball} ${peers.join(' ')}`,
    'postgres://app:secret@localhost:5432/shop': database.url,
    'postgres://app:secret@localhost:5432/postgres': inject('serverUrl'),
    'http://localhost:3000': `http://localhost:${port}`,
  }
  await writeFile(path.join(state, 'shell'), `cd '${folder}'\nexport PORT=${port}\n`)
  return { folder, state, database, replacements, output: '' }
}

/** Does with a block what its invisible line says. */
async function follow(reader: Reader, block: Block): Promise<void> {
  const { marker = '', language } = block
  const text = replace(reader, block.text)
  const [word = '', rest = ''] = marker.split(/ (.*)/)
  const kind = `${language} ${word}`
  if (kind === 'sh run') reader.output = await shell(reader, text)
  else if (kind === 'sh serve') await serve(reader, text, replace(reader, rest))
  else if (kind === 'sh covered') checkCovered(text, rest.replace(/^by /, ''))
  else if (kind === 'sh in') await runInRepository(text, rest.includes('legacy'))
  else if (marker === 'not run, it needs a Docker engine') checkDocker(text)
  else if (word === 'output') checkOutput(reader.output, text, language)
  else if (word === 'file') await writeProjectFile(reader, rest.replace(/;.*/, ''), text)
  else if (word === 'written') checkWritten(reader, rest.replace(/^as /, ''), text)
  else if (word === 'same') checkSame(text, rest.replace(/^as /, ''))
  else if (word === 'paths') await checkPaths(reader, text)
  else throw new Error(`nobody knows what to do with a block of "${kind}"`)
}

function replace({ replacements }: Reader, text: string): string {
  return Object.entries(replacements).reduce((all, [from, to]) => all.replaceAll(from, to), text)
}

/** Runs a block in the reader's shell; rejects with all it printed when a command of it fails. */
async function shell({ state }: Reader, text: string): Promise<string> {
  const file = path.join(state, 'shell')
  const script = `set -euo pipefail\n. '${file}'\n${text}\n{ echo "cd '$PWD'"; export -p; } > '${file}'`
  return await bash(script)
}

async function bash(script: string, env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<string> {
  const child = spawn('bash', ['-c', script], {
    env: { ...npmEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => {
    printed.stdout += data
  })
  child.stderr.on('data', (data) => {
    printed.stderr += data
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`exit ${code}: ${printed.stdout}${printed.stderr}`)
  return printed.stdout
}

/** Starts a server of the README's and waits until it is ready; it goes on until the next one starts. */
async function serve(reader: Reader, text: string, url: string): Promise<void> {
  await stopServer(reader)
  const child = spawn('bash', ['-c', `. '${path.join(reader.state, 'shell')}'\n${text}`], {
    env: npmEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group: npx passes no signal on.
    detached: true,
  })
  let printed = ''
  child.stdout.on('data', (data) => {
    printed += data
  })
  child.stderr.on('data', (data) => {
    printed += data
  })
  reader.server = child
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(50)) {
    if (child.exitCode !== null) throw new Error(`exit ${child.exitCode}: ${printed}`)
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
  }
  throw new Error(`${url} is not ready: ${printed}`)
}

async function stopServer({ server }: Reader): Promise<void> {
  if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  const closed = once(server, 'close')
  process.kill(-server.pid, 'SIGTERM')
  await closed
}

function checkCovered(text: string, file: string): void {
  const command = text.trim()
  if (!covered[command]?.(file)) throw new Error(`"${command}" is not covered by ${file}`)
}

// What .ci/run cannot run it says so of.
function checkDocker(text: string): void {
  const command = 'docker compose up'
  const isTold = readFileSync('.ci/run', 'utf8').includes(command)
  if (!isTold || !text.startsWith(command)) throw new Error(`"${text}" needs more than Docker`)
}

/** Ids and times are of the day the README was written. */
function checkOutput(printed: string, shown: string, language: string): void {
  const [given, wanted] = [printed, shown].map((text) => {
    const timeless = text
      .replace(/\b[0-9a-f]{12}\b/g, '<id>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    return language === 'json' ? JSON.stringify(JSON.parse(timeless)) : timeless.trim()
  })
  if (given !== wanted) throw new Error(`printed ${given}, shown is ${wanted}`)
}

async function writeProjectFile({ folder }: Reader, name: string, text: string): Promise<void> {
  const file = path.join(folder, 'shop', name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** The one file of the project whose name fits, written by the command before. */
function checkWritten({ folder }: Reader, name: string, text: string): void {
  const [place, end = ''] = path.join(folder, 'shop', name).split('*')
  const inside = path.dirname(`${place}x`)
  const [found, ...others] = readdirSync(inside).filter((file) => file.endsWith(end))
  if (found === undefined || others.length > 0) throw new Error(`${name} is not one file`)
  checkOutput(readFileSync(path.join(inside, found), 'utf8'), text, 'sql')
}

function checkSame(text: string, file: string): void {
  if (readFileSync(file, 'utf8') !== text) throw new Error(`${file} says something else`)
}

/** Runs a block where the README's own reader has cloned the repository. */
async function runInRepository(text: string, isLegacy: boolean): Promise<void> {
  if (!isLegacy) {
    await bash(`set -euo pipefail\n${text}`, {}, repository)
    return
  }
  const legacy = await createDatabase()
  const baseline = readFileSync('migrations/3135632d55e1_initial_schema_capture.sql', 'utf8')
  const [, body = ''] = baseline.split(/^-- \+(?:up|down)grade$/m)
  await legacy.query(`${body}; INSERT INTO teams (name) VALUES ('kept')`)
  await bash(`set -euo pipefail\n${text}`, { DATABASE_URL: legacy.url }, repository)
  const [kept] = await legacy.query(`SELECT name, to_regclass('limbeck_version') FROM teams`)
  if (JSON.stringify(kept) !== '{"name":"kept","to_regclass":"limbeck_version"}')
    throw new Error(`the legacy database has ${JSON.stringify(kept)}`)
}

async function checkPaths({ replacements }: Reader, text: string): Promise<void> {
  const origin = replacements['http://localhost:3000']
  for (const [, probed = ''] of text.matchAll(/path: (\S+),/g)) {
    const { status } = await fetch(`${origin}${probed}`)
    if (status !== 200) throw new Error(`${probed} answers ${status}`)
  }
}

/** The project's own compiler settings are the README's business only as far as they must be strict. */
async function typeCheck(project: string): Promise<string> {
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [path.resolve('node_modules/@types')],
    },
    include: ['src', 'limbeck.config.ts'],
  }
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(options))
  return await bash(`'${path.resolve('node_modules/.bin/tsc')}' -p '${project}'`)
}
