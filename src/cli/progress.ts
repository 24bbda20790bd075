import type { Progress } from '../config/options.ts'
import type { Output } from './io.ts'

/** One line on a terminal that always says the latest. */
export interface ProgressLine {
  show(progress: Progress): void
  tell(text: string): void
  clear(): void
}

/** Back to the beginning of the line, which becomes empty. */
export const erase = '\r\u001B[2K'

/** Short runs would only flicker, so nothing is shown in the first `delayMs`. Without a terminal only a wait is told, once. */
export function createProgressLine(output: Output, delayMs = 300): ProgressLine {
  if (output.isTTY !== true) return { show: tellWaiting(output), tell: () => {}, clear: () => {} }
  let latest = ''
  let timer: NodeJS.Timeout | undefined
  let due = false
  const draw = () => output.write(`${erase}${latest.slice(0, (output.columns || 80) - 1)}`)
  const tell = (text: string) => {
    latest = text
    if (due) draw()
    timer ??= setTimeout(() => {
      due = true
      draw()
    }, delayMs).unref()
  }
  return {
    show: (progress) => tell(describe(progress)),
    tell,
    clear() {
      clearTimeout(timer)
      timer = undefined
      if (due) output.write(erase)
      due = false
    },
  }
}

function tellWaiting(output: Output): ProgressLine['show'] {
  let told = false
  return (progress) => {
    if (progress.state !== 'waiting' || told) return
    told = true
    output.write(`${describe(progress)}\n`)
  }
}

function describe(progress: Progress): string {
  if (progress.state === 'connecting') return 'connecting'
  if (progress.state === 'creating') return 'creating the schema'
  if (progress.state === 'waiting') {
    const { holder, waitedMs } = progress
    const who = holder === null ? 'another process' : `${holder.application} (pid ${holder.pid})`
    return `waiting for ${who}${waitedMs < 1000 ? '' : `, ${Math.round(waitedMs / 1000)} s`}`
  }
  const { direction, step, position, total, rows } = progress
  const batch = rows === undefined ? '' : `, ${rows} rows`
  return `[${bar(position - 1, total)}] ${position}/${total} ${direction} ${step}${batch}`
}

export function bar(done: number, total: number): string {
  const width = 20
  const full = total === 0 ? width : Math.floor((done / total) * width)
  return '#'.repeat(full) + '.'.repeat(width - full)
}
