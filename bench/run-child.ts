import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Contender, loadContender } from './contender.ts'
import type { CallSample } from './measure-call.ts'

/** A whole run: of a program there is nothing but its time. */
export interface Sample extends Partial<CallSample> {
  /** From starting the process to its end. */
  readonly wholeMs: number
  /** Counted by the proxy, where there was one. */
  readonly roundTrips?: number
}

/** Runs the contender once in a process of its own. Rejects with the end of its stderr when that fails. */
export async function runOnce(name: string, url: string, folder: string): Promise<Sample> {
  const contender = await loadContender(name)
  const start = performance.now()
  const child = startProcess(name, contender, url, folder)
  const answer = text(child.stdio[3] as NodeJS.ReadableStream)
  await succeeded(child)
  const wholeMs = performance.now() - start
  const call = 'migrate' in contender ? (JSON.parse(await answer) as CallSample) : {}
  return { ...call, wholeMs }
}

function startProcess(name: string, contender: Contender, url: string, folder: string) {
  const [program, ...args] =
    'migrate' in contender ? childCommand(name, url, folder) : contender.command(url, folder)
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
}

function childCommand(name: string, url: string, folder: string): [string, ...string[]] {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'child.js')
  return [process.execPath, file, name, url, folder]
}

/** A process that has loaded everything and only waits for the word. */
export interface Waiting {
  readonly child: ChildProcess
  go(): void
  /** Resolves when it has migrated; rejects with the end of its stderr. */
  readonly done: Promise<void>
}

/** Starts a library's process, up to the call. */
export async function startWaiting(name: string, url: string, folder: string): Promise<Waiting> {
  const [program, ...args] = childCommand(name, url, folder)
  const child = spawn(program, [...args, 'wait'], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] })
  const done = succeeded(child)
  // Whoever waits for it hears of a failure; until then it is no unhandled one.
  done.catch(() => {})
  // Nor is the word to a process that has died meanwhile.
  child.stdin?.on('error', () => {})
  await Promise.race([once(child.stdio[3] as NodeJS.ReadableStream, 'data'), done])
  return { child, done, go: () => child.stdin?.end('!') }
}

async function succeeded(child: ChildProcess): Promise<void> {
  const stderr = text(child.stderr as NodeJS.ReadableStream)
  const [code, signal] = await once(child, 'exit')
  if (code === 0) return
  const lines = (await stderr).split('\n').map((line) => line.trim())
  const reason = lines.find((line) => /^[\w. -]*error\b.*:/i.test(line)) ?? lines[0]
  throw new Error(reason || `ended with ${code ?? signal}`)
}
