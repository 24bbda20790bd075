import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { npmEnvironment } from './packed.ts'
import type { TestDatabase } from './postgres.ts'

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

/** Runs a block in the reader's shell; rejects with all it printed when a command of it fails. */
export async function shell({ state }: Reader, text: string): Promise<string> {
  const file = path.join(state, 'shell')
  const script = `set -euo pipefail\n. '${file}'\n${text}\n{ echo "cd '$PWD'"; export -p; } > '${file}'`
  return await bash(script)
}

/** Runs what a page says fails, and how: the code has to be in what it prints. */
export async function failing(reader: Reader, text: string, code: string): Promise<string> {
  const file = path.join(reader.state, 'shell')
  const script = `set -uo pipefail\n. '${file}'\n{ ${text}\n} 2>&1 && exit 0\nprintf '\\nfailed as told\\n'`
  const printed = await bash(script)
  if (!printed.includes('failed as told')) throw new Error(`it does not fail: ${printed}`)
  if (!printed.includes(code)) throw new Error(`${code} is not what it prints: ${printed}`)
  return printed.replace(/\n*failed as told\n$/, '\n')
}

export async function bash(
  script: string,
  env: NodeJS.ProcessEnv = {},
  cwd?: string,
): Promise<string> {
  const child = spawn('bash', ['-c', script], {
    env: { ...npmEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (data) => {
    printed.stdout += data
  })
  child.stderr.setEncoding('utf8').on('data', (data) => {
    printed.stderr += data
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`exit ${code}: ${printed.stdout}${printed.stderr}`)
  return printed.stdout
}

/** Starts a server of the README's and waits until it is ready; it goes on until the next one starts. */
export async function serve(reader: Reader, text: string, url: string): Promise<void> {
  await stopServer(reader)
  const child = spawn('bash', ['-c', `. '${path.join(reader.state, 'shell')}'\n${text}`], {
    env: npmEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group: npx passes no signal on.
    detached: true,
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (data) => {
    printed += data
  })
  child.stderr.setEncoding('utf8').on('data', (data) => {
    printed += data
  })
  reader.server = child
  for (const deadline = Date.now() + 180_000; Date.now() < deadline; await delay(50)) {
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
