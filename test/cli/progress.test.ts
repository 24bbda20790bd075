import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createProgressLine } from '../../src/cli/progress.ts'
import type { Progress } from '../../src/config/options.ts'

const output = (isTTY: boolean, columns?: number) => {
  const written: string[] = []
  return { isTTY, columns, written, write: (text: string) => written.push(text) }
}

const step = (position: number, rows?: number): Progress => ({
  state: 'migrating',
  step: 'a1',
  direction: 'upgrade',
  position,
  total: 4,
  ...(rows === undefined ? {} : { rows }),
})

const waiting: Progress = {
  state: 'waiting',
  holder: { pid: 42, application: 'limbeck host', role: 'app', since: '2026-11-21T02:03:04Z' },
  waitedMs: 0,
}

test('a terminal sees the latest state on one line, cut to its width', async () => {
  const terminal = output(true, 50)
  const line = createProgressLine(terminal, 10)
  line.show(step(1))
  line.show(step(3, 2000))
  expect(terminal.written).toEqual([])
  await setTimeout(50)
  expect(terminal.written).toEqual([
    '\r\u001B[2K[##########..........] 3/4 upgrade a1, 2000 rows'.slice(0, 5 + 49),
  ])
  line.clear()
  expect(terminal.written.at(-1)).toBe('\r\u001B[2K')
})

test('what is over soon is not shown at all', async () => {
  const terminal = output(true)
  const line = createProgressLine(terminal, 20)
  line.show(step(1))
  line.clear()
  await setTimeout(50)
  expect(terminal.written).toEqual([])
})

test('without a terminal only a wait is told, once', () => {
  const pipe = output(false)
  const line = createProgressLine(pipe, 0)
  for (const progress of [step(1), waiting, waiting, step(2)]) line.show(progress)
  line.clear()
  expect(pipe.written).toEqual(['waiting for limbeck host (pid 42)\n'])
})
