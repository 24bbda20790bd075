import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { freePort } from '../support/server.ts'

/** One line of the service's log. */
export interface Line {
  readonly level: number
  readonly msg: string
  readonly [key: string]: unknown
}

/** The service as its own process, as `npm start` starts it. */
export interface Service {
  readonly process: ChildProcess
  readonly origin: string
  readonly lines: readonly Line[]
  /** The first line, past or to come, that the test accepts; rejects when the process ends without it. */
  line(matches: (line: Line) => boolean): Promise<Line>
  readonly exited: Promise<number | null>
}

const server = resolve('dist/src/service/server.js')

/** A working directory that PostgreSQL's own user can enter. */
export async function workFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limbeck-service-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function startService(cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Service> {
  const port = await freePort()
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [server], {
    cwd,
    env: { PATH, HOME, PORT: String(port), FAILURE_LINGER_MS: '300', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Line[] = []
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(JSON.parse(text)))
  const exited = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  })
  const line = async (matches: (line: Line) => boolean) => {
    for (;;) {
      const found = lines.find(matches)
      if (found) return found
      if ((child.exitCode ?? child.signalCode) !== null) {
        await exited
        const last = lines.find(matches)
        if (last) return last
        throw new Error(`the service ended: ${JSON.stringify(lines, null, 1)}`)
      }
      await delay(20)
    }
  }
  return { process: child, origin: `http://127.0.0.1:${port}`, lines, line, exited }
}

export const serving = ({ msg }: Line): boolean => msg === 'serving'
export const fatal = ({ level }: Line): boolean => level === 60
