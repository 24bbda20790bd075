import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { npmEnvironment, type Packed, pack } from '../support/packed.ts'
import { createDatabase } from '../support/postgres.ts'
import { freePort } from '../support/server.ts'

const run = promisify(execFile)
const examples = path.resolve('examples')

/** One project with all examples as its workspaces: each package is installed once. */
let root: string
let packed: Packed

beforeAll(async () => {
  packed = await pack()
  root = await mkdtemp(path.join(tmpdir(), 'limbeck-examples-'))
  await cp(examples, path.join(root, 'examples'), { recursive: true })
  // Its standalone output is laid out by where the lock file is: a project of its own, as a stranger's is.
  await rename(path.join(root, 'examples/nextjs'), path.join(root, 'nextjs'))
  const workspaces = ['examples/*', 'examples/monorepo/packages/*', 'examples/monorepo/apps/*']
  const dependencies = { limbeck: `file:${packed.tarball}` }
  const overrides = { limbeck: '$limbeck' }
  await writeFile(
    path.join(root, 'package.json'),
    JSON.stringify({ private: true, workspaces, dependencies, overrides }),
  )
  await run('npm', ['install', '--ignore-scripts'], { cwd: root, env: npmEnvironment() })
}, 240_000)

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
  await packed.remove()
})

interface Started {
  readonly output: () => string
  readonly origin: string
  stop(): Promise<void>
}

async function start(name: string, url: string, command = ['npm', 'start']): Promise<Started> {
  const port = await freePort()
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    cwd: path.join(root, 'examples', name),
    env: { ...npmEnvironment(), DATABASE_URL: url, PORT: String(port), HOSTNAME: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm does not hand every signal on: the group gets it.
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
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

/** Asks until the schema is ready; fails with what the example has printed. */
async function health({ origin, output }: Started): Promise<Readonly<Record<string, unknown>>> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${origin}/health`).catch(() => null)
    if (answer?.status === 200)
      return ((await answer.json()) as { schema: Readonly<Record<string, unknown>> }).schema
    await delay(100)
  }
  throw new Error(`not ready: ${output()}`)
}

const second = `-- Add a date to notes
--
-- revision: 8b2d4f60a1c3
-- revises: 3f1a7c20b9d4
-- irreversible: it is a test

-- +upgrade
ALTER TABLE "notes" ADD COLUMN "made" timestamptz DEFAULT now() NOT NULL;
`

/** Boots on an empty database, and again with one revision more. */
async function bootAndUpgrade(
  name: string,
  { folder = 'migrations', command = ['npm', 'start'], prepare = async () => {} } = {},
): Promise<void> {
  const { url } = await createDatabase()
  await prepare()
  const first = await start(name, url, command)
  expect(await health(first)).toMatchObject({ current: ['3f1a7c20b9d4'] })
  expect((await fetch(`${first.origin}/notes`)).status).toBe(200)
  await first.stop()
  const file = path.join(root, 'examples', name, folder, '8b2d4f60a1c3_add_a_date_to_notes.sql')
  await writeFile(file, second)
  onTestFinished(() => rm(file, { force: true }))
  await prepare()
  const later = await start(name, url, command)
  expect(await health(later)).toMatchObject({ current: ['8b2d4f60a1c3'] })
  await later.stop()
}

describe('from the packed tarball, booted, upgraded and asked for its health:', () => {
  test.for(['fastify', 'hono', 'express', 'nestjs', 'node-postgres'])('%s', (name) =>
    bootAndUpgrade(name),
  )

  test('monorepo', () => bootAndUpgrade('monorepo', { folder: 'packages/schema/migrations' }))

  test('hono on Bun', { timeout: 120_000 }, async ({ skip }) => {
    const bun = await installed('bun')
    if (bun === null) return skip('Bun cannot be installed here: its package has no binary')
    await bootAndUpgrade('hono', { command: [bun, 'server.bun.js'] })
  })

  test('nextjs, as standalone output', { timeout: 240_000 }, async () => {
    const folder = path.join(root, 'nextjs')
    const env = { ...npmEnvironment(), NEXT_TELEMETRY_DISABLED: '1' }
    await run('npm', ['install', packed.tarball], { cwd: folder, env })
    await bootAndUpgrade('../nextjs', {
      prepare: async () => {
        await run('npm', ['run', 'build'], { cwd: folder, env })
      },
    })
  })

  test('worker, which has no HTTP', async () => {
    const { url } = await createDatabase()
    const worker = await start('worker', url)
    for (let tries = 0; tries < 300 && !worker.output().includes('0 notes'); tries++)
      await delay(100)
    expect(worker.output()).toContain('ready: created at 3f1a7c20b9d4')
    expect(worker.output()).toContain('0 notes')
  })
})

/** A program that npm has as a package with its binary, or null. */
async function installed(name: string): Promise<string | null> {
  const folder = path.join(root, `tool-${name}`)
  try {
    await run('npm', ['install', '--prefix', folder, name], { env: npmEnvironment() })
    const file = path.join(folder, 'node_modules/.bin', name)
    await run(file, ['--version'])
    return file
  } catch {
    return null
  }
}

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
