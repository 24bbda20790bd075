import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { initDb } from 'limbeck'
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { npmEnvironment, type Packed, pack } from '../support/packed.ts'
import { createDatabase } from '../support/postgres.ts'
import { freePort } from '../support/server.ts'
import { findTool } from '../support/tools.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
const examples = path.resolve('examples')

/** One project with all examples as its workspaces: each package is installed once. */
let root: string
let packed: Packed
/** Begun at once, since it takes longest: meanwhile the others are tried. */
let nextBuilt: Promise<unknown>

beforeAll(async () => {
  packed = await pack()
  root = await mkdtemp(path.join(tmpdir(), 'limbeck-examples-'))
  // That of tests is tried by their frameworks: test/testing/runners.test.ts.
  const filter = (file: string) => file !== path.join(examples, 'testing')
  await cp(examples, path.join(root, 'examples'), { recursive: true, filter })
  // Its standalone output is laid out by where the lock file is: a project of its own, as a stranger's is.
  await rename(path.join(root, 'examples/nextjs'), path.join(root, 'nextjs'))
  const workspaces = ['examples/*', 'examples/monorepo/packages/*', 'examples/monorepo/apps/*']
  const dependencies = { limbeck: `file:${packed.tarball}` }
  const overrides = { limbeck: '$limbeck' }
  await writeFile(
    path.join(root, 'package.json'),
    JSON.stringify({ private: true, workspaces, dependencies, overrides }),
  )
  const env = { ...npmEnvironment(), NEXT_TELEMETRY_DISABLED: '1' }
  await run('npm', ['install', '--ignore-scripts'], { cwd: root, env })
  nextBuilt = buildNext(env)
  nextBuilt.catch(() => {})
})

/** With all revisions: what is bundled cannot be added later. */
async function buildNext(env: NodeJS.ProcessEnv): Promise<void> {
  const folder = path.join(root, 'nextjs')
  await writeLater(path.join(folder, 'migrations'))
  await run('npm', ['install', '--ignore-scripts', packed.tarball], { cwd: folder, env })
  await run('npm', ['run', 'build'], { cwd: folder, env })
}

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
  await packed.remove()
})

interface Started {
  readonly output: () => string
  readonly origin: string
  stop(): Promise<void>
}

async function start(
  name: string,
  url: string,
  command: readonly string[] = ['npm', 'start'],
  more: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const port = await freePort()
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    cwd: path.join(root, 'examples', name),
    env: {
      ...npmEnvironment(),
      DATABASE_URL: url,
      PORT: String(port),
      HOSTNAME: '127.0.0.1',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm does not hand every signal on: the group gets it.
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
  onTestFailed(() => void process.stderr.write(text))
  const stop = () => end(child)
  onTestFinished(stop)
  return { output: () => text, origin: `http://127.0.0.1:${port}`, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await gone
}

/** Asks until this is the status. */
const untilAnswered = (url: string, status: number): Promise<void> =>
  until(async () => (await fetch(url).catch(() => null))?.status === status)

/** What health says of the schema once that is ready. */
async function health({ origin }: Started): Promise<Readonly<Record<string, unknown>>> {
  await untilAnswered(`${origin}/health`, 200)
  const answer = await (await fetch(`${origin}/health`)).json()
  return (answer as { schema: Readonly<Record<string, unknown>> }).schema
}

const header = (id: string, revises: string, more = '') =>
  `-- Later\n--\n-- revision: ${id}\n-- revises: ${revises}\n${more}-- irreversible: it is a test\n\n-- +upgrade\n`

/** What a service meets in its life: SQL, an index made CONCURRENTLY, and code. */
const later: Readonly<Record<string, string>> = {
  '8b2d4f60a1c3_date.sql': `${header('8b2d4f60a1c3', '3f1a7c20b9d4')}ALTER TABLE "notes" ADD COLUMN "made" timestamptz DEFAULT now() NOT NULL;\n`,
  '9c3e5a71b2d4_index.sql': `${header('9c3e5a71b2d4', '8b2d4f60a1c3', '-- transaction: none\n')}CREATE INDEX CONCURRENTLY "notes_made" ON "notes" ("made");\n`,
  'ad4f6b82c3e5_rows.ts': `import type { RevisionContext } from 'limbeck'

export const revision = 'ad4f6b82c3e5'
export const downRevision = '9c3e5a71b2d4'
export const irreversible = 'it is a test'
export async function upgrade({ sql }: RevisionContext): Promise<void> {
  const text: string = 'by code'
  await sql\`INSERT INTO notes (text) VALUES (\${text})\`
}
`,
}

async function writeLater(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(later)) await writeFile(path.join(folder, name), text)
}

interface Trial {
  readonly folder?: string
  readonly command?: string[]
}

/** Boots on an empty database, and again with later revisions. */
async function bootAndUpgrade(
  name: string,
  { folder = 'migrations', command = ['npm', 'start'] }: Trial = {},
): Promise<void> {
  const { url } = await createDatabase()
  const first = await start(name, url, command)
  expect(await health(first)).toMatchObject({ current: ['3f1a7c20b9d4'] })
  expect((await fetch(`${first.origin}/notes`)).status).toBe(200)
  await first.stop()
  const target = path.join(root, 'examples', name, folder)
  await writeLater(target)
  onTestFinished(async () => {
    for (const file of Object.keys(later)) await rm(path.join(target, file), { force: true })
  })
  const second = await start(name, url, command)
  expect(await health(second)).toMatchObject({ current: ['ad4f6b82c3e5'] })
  expect(await (await fetch(`${second.origin}/notes`)).text()).toContain('by code')
  await second.stop()
}

describe('from the packed tarball, booted, upgraded and asked for its health:', () => {
  test.for(['fastify', 'hono', 'express', 'nestjs', 'node-postgres'])(
    'the %s example does what its page says',
    (name) => bootAndUpgrade(name),
  )

  test('the monorepo example does what its page says', () =>
    bootAndUpgrade('monorepo', { folder: 'packages/schema/migrations' }))

  test.for([
    ['Bun', 'bun', ['server.bun.js']],
    ['Deno', 'deno', ['run', '-A', '--node-modules-dir=manual', 'server.js']],
  ] as const)('hono on %s', async ([, tool, words], { skip }) => {
    const found = await findTool(tool)
    if ('missing' in found) return skip(found.missing)
    await bootAndUpgrade('hono', { command: [found.file, ...words] })
  })

  test('fastify beside a job that migrates, with mode verify', async () => {
    const { url } = await createDatabase()
    const more = { DATABASE_MODE: 'verify' }
    const refused = await start('fastify', url, ['npm', 'start'], more)
    await untilAnswered(`${refused.origin}/health/live`, 503)
    expect(await (await fetch(`${refused.origin}/health`)).json()).toMatchObject({
      error: { code: 'LIMBECK_NOT_AT_HEAD' },
    })
    await refused.stop()
    const folder = path.join(root, 'examples/fastify')
    const env = { ...npmEnvironment(), DATABASE_URL: url }
    await run('npx', ['limbeck', 'upgrade'], { cwd: folder, env })
    const serves = await start('fastify', url, ['npm', 'start'], more)
    expect(await health(serves)).toMatchObject({ outcome: 'current' })
  })

  test('nextjs, as standalone output', async () => {
    await nextBuilt
    const { url } = await createDatabase()
    const first = path.join(root, 'first')
    await cp(path.join(examples, 'nextjs/migrations'), first, { recursive: true })
    await initDb({ url, migrations: first })
    for (const database of [url, (await createDatabase()).url]) {
      const service = await start('../nextjs', database)
      expect(await health(service)).toMatchObject({ current: ['ad4f6b82c3e5'] })
      expect((await fetch(`${service.origin}/notes`)).status).toBe(200)
      await service.stop()
    }
  })

  test('worker, which has no HTTP', async () => {
    const { url } = await createDatabase()
    const worker = await start('worker', url)
    await until(() => worker.output().includes('0 notes'))
    expect(worker.output()).toContain('ready: created at 3f1a7c20b9d4')
  })
})

test('every example is in the list, and short enough to be read in a minute', async () => {
  const list = await readFile(path.join(examples, 'README.md'), 'utf8')
  for (const { name } of (await readdir(examples, { withFileTypes: true })).filter((it) =>
    it.isDirectory(),
  ))
    expect(list).toContain(`[${name}](`)
  const code = (await readdir(examples, { recursive: true })).filter((file) =>
    /(?:^|\/)(?:server|app|worker|main|instrumentation)[\w.]*\.[jt]s$/.test(file),
  )
  for (const file of code) {
    const lines = (await readFile(path.join(examples, file), 'utf8')).split('\n')
    expect(lines.length, file).toBeLessThan(45)
  }
})
