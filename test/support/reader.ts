import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { locked, npmEnvironment, pack } from './packed.ts'
import { allPages, type Block } from './pages.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'
import { freePort } from './server.ts'

/** Where a reader's shell is: what `cd` and `export` leave behind for the next block. */
export interface Reader {
  readonly folder: string
  readonly state: string
  readonly database: TestDatabase
  /** What a page says, and what it is here; nothing else is changed in what it shows. */
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

/** What all pages of a run share: the packed library, and a project in which it is installed. */
export interface Shop {
  readonly tarball: string
  readonly peers: readonly string[]
  /** A folder with `node_modules`, the models and the configuration. */
  readonly folder: string
}

const models = `import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const orders = pgTable('orders', {
  id: uuid('id').primaryKey().defaultRandom(),
  customer: text('customer').notNull(),
  cents: integer('cents').notNull().default(0),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})
`

const server = `import { drizzle } from 'drizzle-orm/postgres-js'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import config from '../limbeck.config.js'
import * as models from './db/schema.js'

const url = process.env.DATABASE_URL ?? ''
const app = Fastify({ logger: true })
app.register(limbeck, { ...config, url, models })

const db = drizzle(url)
app.get('/orders', () => db.select().from(models.orders))

await app.listen({ port: Number(process.env.PORT ?? 3000) })
await app.limbeck.ready
`

export async function createShop(): Promise<Shop & { remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-shop-'))
  const packed = await pack()
  const peers = await locked('fastify', 'drizzle-orm', 'postgres')
  const install = ['npm init --yes', 'npm pkg set type=module']
  const kit = await locked('squawk-cli')
  await bash(
    `set -e\n${install.join('\n')}\nnpm install ${packed.tarball} ${[...peers, ...kit].join(' ')}\nnpm install --save-dev tsx`,
    {},
    folder,
  )
  await mkdir(path.join(folder, 'src/db'), { recursive: true })
  await writeFile(path.join(folder, 'src/db/schema.ts'), models)
  await writeFile(path.join(folder, 'src/server.ts'), server)
  return {
    tarball: packed.tarball,
    peers,
    folder,
    async remove() {
      await packed.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Somebody who follows one page. `none`: in an empty folder, nothing installed. `bare`: in a project with models that has never
 * seen Limbeck's configuration. `empty`: in one with it and no revision. `shop`: in one whose first revision is written and applied.
 */
export async function createReader(shop: Shop, project: string): Promise<Reader> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-reader-'))
  const state = await mkdtemp(path.join(tmpdir(), 'limbeck-reader-'))
  onTestFinished(async () => {
    for (const each of [folder, state]) await rm(each, { recursive: true, force: true })
  })
  const database = await createDatabase()
  const port = await freePort()
  const replacements = {
    'npm install limbeck fastify drizzle-orm postgres': `npm install ${shop.tarball} ${shop.peers.join(' ')}`,
    'postgres://app:secret@localhost:5432/shop': database.url,
    'postgres://app:secret@localhost:5432/postgres': inject('serverUrl'),
    'http://localhost:3000': `http://localhost:${port}`,
  }
  const reader: Reader = { folder, state, database, replacements, output: '' }
  const home = project === 'none' ? folder : path.join(folder, 'shop')
  const variables = project === 'none' ? '' : `export DATABASE_URL='${database.url}'\n`
  await writeFile(path.join(state, 'shell'), `cd '${home}'\nexport PORT=${port}\n${variables}`)
  if (project === 'none') return reader
  await cp(shop.folder, home, {
    recursive: true,
    filter: (file) => !file.startsWith(path.join(shop.folder, 'node_modules')),
  })
  await symlink(path.join(shop.folder, 'node_modules'), path.join(home, 'node_modules'))
  if (project === 'bare') return reader
  const first = "npx limbeck revision --autogenerate -m 'create orders' --rev-id 1897ab222320"
  await shell(
    reader,
    `npx limbeck init${project === 'shop' ? `\n${first}\nnpx limbeck upgrade` : ''}`,
  )
  return reader
}

/** Does with a block what its invisible line says. */
export async function follow(reader: Reader, block: Block): Promise<void> {
  const { marker = '', language } = block
  const text = replace(reader, block.text)
  const [word = '', rest = ''] = marker.split(/ (.*)/)
  const kind = `${language} ${word}`
  if (kind === 'sh run') reader.output = await shell(reader, text)
  else if (kind === 'sh fails') reader.output = await failing(reader, text, rest)
  else if (kind === 'sh serve') await serve(reader, text, replace(reader, rest))
  else if (kind === 'sh covered') checkCovered(text, rest.replace(/^by /, ''))
  else if (kind === 'sh in') await runInRepository(text, rest.includes('legacy'))
  else if (marker === 'not run, it needs a Docker engine') checkDocker(text)
  else if (word === 'output') checkOutput(reader.output, text, language)
  else if (word === 'file') await writeProjectFile(reader, rest.replace(/;.*/, ''), text)
  else if (word === 'append') await appendToFile(reader, rest, text)
  else if (word === 'shows') checkShown(reader.output, text)
  else if (word === 'part') checkPart(reader, rest.replace(/^of /, ''), text)
  else if (marker === 'not run, it is for another tool') return
  // All of them at once: test/docs/lint.test.ts.
  else if (kind === 'sql bad' || kind === 'sql good') return
  else if (word === 'written') checkWritten(reader, rest.replace(/^as /, ''), text)
  else if (word === 'same') checkSame(text, rest.replace(/^as /, ''))
  else if (word === 'paths') await checkPaths(reader, text)
  // Run from the packed package by test/examples/ and test/testing/.
  else if (word === 'example') checkExample(block.text, rest)
  else throw new Error(`nobody knows what to do with a block of "${kind}"`)
}

function checkExample(text: string, file: string): void {
  if (!readFileSync(path.join('examples', file), 'utf8').includes(text))
    throw new Error(`examples/${file} has other text`)
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

/** Runs what a page says fails, and how: the code has to be in what it prints. */
async function failing(reader: Reader, text: string, code: string): Promise<string> {
  const file = path.join(reader.state, 'shell')
  const script = `set -uo pipefail\n. '${file}'\n{ ${text}\n} 2>&1 && exit 0\nprintf '\\nfailed as told\\n'`
  const printed = await bash(script)
  if (!printed.includes('failed as told')) throw new Error(`it does not fail: ${printed}`)
  if (!printed.includes(code)) throw new Error(`${code} is not what it prints: ${printed}`)
  return printed.replace(/\n*failed as told\n$/, '\n')
}

/** What is shown stands in what was printed, line by line, in this order; `…` stands for any text. */
function checkShown(printed: string, shown: string): void {
  const lines = printed.split('\n')
  for (const line of shown.trim().split('\n')) {
    const pattern = new RegExp(
      `^\\s*${line
        .trim()
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace(/\b[0-9a-f]{12}\b/g, '[0-9a-f]{12}')
        .replaceAll('…', '.*')}\\s*$`,
    )
    const found = lines.findIndex((each) => pattern.test(each))
    if (found === -1) throw new Error(`"${line}" is not in what was printed:\n${printed}`)
    lines.splice(0, found + 1)
  }
}

/** A file of the project: `*` in the name stands for what only Limbeck knows. */
async function appendToFile({ folder }: Reader, name: string, text: string): Promise<void> {
  const [place = '', end = ''] = path.join(folder, 'shop', name).split('*')
  const inside = path.dirname(`${place}x`)
  const found = name.includes('*')
    ? readdirSync(inside).filter((file) => file.endsWith(end))
    : [path.basename(place)]
  const [only, ...others] = found
  if (only === undefined || others.length > 0) throw new Error(`${name} is not one file`)
  await writeFile(path.join(inside, only), text, { flag: 'a' })
}

/** A few lines of a file that another page shows whole. */
function checkPart({ folder }: Reader, name: string, text: string): void {
  const file = [path.join(folder, 'shop', name), name].find((each) => existsSync(each))
  const whole = file === undefined ? allPages : readFileSync(file, 'utf8')
  for (const line of text.trim().split('\n'))
    if (!whole.includes(line.trim())) throw new Error(`${name} has no line "${line}"`)
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

export async function stopServer({ server }: Reader): Promise<void> {
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
      .replace(/^-- models: [0-9a-f]{16}$/gm, '-- models: <fingerprint>')
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
export async function typeCheck(project: string): Promise<string> {
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
