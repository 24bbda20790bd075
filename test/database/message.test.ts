import { expect, test } from 'vitest'
import { findFailed, messagesOf } from '../../src/database/message.ts'

test('statements of a transaction share messages of bounded size, a longer one has its own', () => {
  const long = 'x'.repeat(70_000)
  const messages = [...messagesOf(['BEGIN', 'a', long, 'b', 'COMMIT'])]
  expect(messages.map(({ first, starts }) => [first, starts.length])).toEqual([
    [0, 2],
    [2, 1],
    [3, 2],
  ])
})

test('the count of complete commands tells which statement failed; the last may be several', () => {
  const [message] = [...messagesOf(['a', 'b', 'c; d'])]
  if (!message) throw new Error('no message')
  expect(message.text).toBe('a;\nb;\nc; d;\n')
  const found = [0, 1, 2, 3].map((done) => findFailed(message, done, Number.NaN).statement)
  expect(found).toEqual([0, 1, 2, 2])
})

test('a position in the message is a position in the statement, counted in characters', () => {
  const [message] = [...messagesOf(["SELECT '🙂'", "SELECT '🙂' FROM nowhere"])]
  if (!message) throw new Error('no message')
  const position = [...message.text.slice(0, message.text.indexOf('nowhere'))].length + 1
  expect(findFailed(message, 0, position)).toEqual({ statement: 1, position: 17 })
  expect(findFailed(message, 1, Number.NaN)).toEqual({ statement: 1 })
})
