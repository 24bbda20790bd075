import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BootOptions, BootReport } from '../../src/index.ts'

/** What a process is asked to do: boot, or one of the migrator's methods. */
export interface Job {
  readonly call: 'initDb' | 'upgrade' | 'downgrade' | 'stamp' | 'current'
  readonly args?: readonly unknown[]
  readonly options: BootOptions
}

/** How it ended: with a report, with an error, or with the process. */
export interface Answer {
  readonly report?: BootReport
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly sqlstate?: string
    readonly hint?: string
    readonly revision?: string
  }
  /** As the process measured it. */
  readonly ms?: number
  readonly exit?: { readonly code: number | null; readonly signal: string | null }
  readonly stderr?: string
  readonly log: readonly LogLine[]
}

export interface LogLine {
  readonly level: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A process with the library loaded. */
export interface Worker {
  readonly process: ChildProcess
  /** Lines logged by the job under way. */
  readonly log: readonly LogLine[]
  /** One job at a time; answers also when the process dies of it. */
  run(job: Job): Promise<Answer>
  readonly exited: Promise<void>
  stop(): Promise<void>
}

const file = fileURLToPath(new URL('worker.mjs', import.meta.url))

/** Starts a process and waits until the library is loaded. */
export async function startWorker(): Promise<Worker> {
  const child = spawn(process.execPath, [file], { stdio: 'pipe' })
  child.stdin.on('error', () => {})
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  let log: LogLine[] = []
  let settle: (answer: Omit<Answer, 'log'>) => void = () => {}
  const next = () =>
    new Promise<Omit<Answer, 'log'>>((resolve) => {
      settle = resolve
    })
  const ready = next()
  const exited = once(child, 'close').then(([code, signal]) =>
    settle({ exit: { code, signal }, stderr }),
  )
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text)
    if (line.log) log.push(line.log)
    else settle(line)
  })
  await ready
  return {
    process: child,
    get log() {
      return log
    },
    exited,
    run: async (job) => {
      log = []
      if (child.exitCode !== null || child.signalCode !== null)
        return { exit: { code: child.exitCode, signal: child.signalCode }, stderr, log }
      const answer = next()
      child.stdin.write(`${JSON.stringify(job)}\n`)
      return { ...(await answer), log }
    },
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** Work with `count` processes, all of which are gone afterwards. */
export async function withWorkers<T>(
  count: number,
  work: (workers: readonly Worker[]) => Promise<T>,
): Promise<T> {
  const workers = await Promise.all(Array.from({ length: count }, startWorker))
  try {
    return await work(workers)
  } finally {
    for (const worker of workers) worker.process.kill('SIGKILL')
    await Promise.all(workers.map(({ exited }) => exited))
  }
}

/** How a job ended, in a word: the outcome, the code, or that the process died. */
export function endOf({ report, error, exit }: Answer): string {
  if (report) return report.outcome ?? 'done'
  if (error) return error.code
  return `died (${exit?.signal ?? exit?.code})`
}
