import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { createPrompt } from '../../src/cli/prompt.ts'
import { failure } from '../support/revisions.ts'

/** A terminal whose keys are pressed by the test. */
function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  let shown = ''
  stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
  })
  const io: Io = { cwd: '.', env: {}, stdin, stderr, stdout: stderr, terminal: stderr }
  const isShown = async (text: string) => {
    while (!shown.includes(text)) await new Promise((resolve) => setImmediate(resolve))
  }
  return { prompt: createPrompt(io), press: (keys: string) => stdin.write(keys), isShown }
}

const down = '\u001b[B'
const choices = ['renamed to users.full_name', 'gone: it is dropped']

test('one of a list is picked with the arrow keys and Enter', async () => {
  const { prompt, press, isShown } = terminal()
  const answer = prompt.choose('Is column users.name gone, or has it a new name?', choices)
  await isShown('gone: it is dropped')
  press(down)
  press('\r')
  expect(await answer).toBe(1)
  prompt.close()
})

test('Ctrl-C leaves the question open, which is an error', async () => {
  const { prompt, press, isShown } = terminal()
  const answer = failure(prompt.choose('Which one?', choices))
  await isShown('renamed to')
  press('\u0003')
  expect((await answer).code).toBe('LIMBECK_CANCELLED')
  prompt.close()
})

test.each([
  ['y', true],
  ['\r', false],
  ['\u0003', false],
])('a yes-or-no question is answered by %j: %s', async (keys, answer) => {
  const { prompt, press, isShown } = terminal()
  const answered = prompt.confirm('Write it all the same?')
  await isShown('Write it all the same?')
  press(keys)
  expect(await answered).toBe(answer)
  prompt.close()
})
