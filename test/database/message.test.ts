import { expect, test } from 'vitest'
import {
  committedBefore,
  findFailed,
  messagesOf,
  packed,
  statementAt,
} from '../../src/database/message.ts'

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

test('a position elsewhere than in the statement that ran is of a text that PostgreSQL has made', () => {
  const [message] = [...messagesOf(['BEGIN', 'ALTER TABLE t ALTER c TYPE int', 'COMMIT'])]
  if (!message) throw new Error('no message')
  expect(findFailed(message, 1, 3)).toEqual({ statement: 1 })
  expect(findFailed(message, 1, 12)).toEqual({ statement: 1, position: 5 })
  expect(findFailed(message, 0, 12)).toEqual({ statement: 1, position: 5 })
})

test('transactions that join share a message, few at first; no other begins or ends in it', () => {
  const transactions = Array.from({ length: 40 }, (_, n) => ['BEGIN', `${n}`, 'COMMIT'])
  const joins = (n: number) => n !== 0 && n !== 30
  const messages = [...packed(transactions, { joins })]
  expect(messages.map(({ transaction, ends }) => [transaction, ends.length])).toEqual([
    [0, 1],
    [1, 2],
    [3, 4],
    [7, 8],
    [15, 15],
    [30, 1],
    [31, 9],
  ])
  expect(messages.map(({ text }) => text).join('')).toBe(
    transactions.map(([a, b, c]) => `${a};\n${b};\n${c};\n`).join(''),
  )
})

test('a joint message tells which of its transactions have committed, and where the next one failed', () => {
  const transactions = Array.from({ length: 4 }, (_, n) => ['BEGIN', `${n}`, 'x', 'COMMIT'])
  const [, message] = [...packed(transactions, { joins: (n) => n > 0 })]
  if (!message) throw new Error('there is one')
  const told = [0, 2, 3, 4, 7].map((commands) => [
    committedBefore(message, commands),
    statementAt(message, findFailed(message, commands, Number.NaN).statement),
  ])
  expect(told).toEqual([
    [0, { transaction: 1, index: 0 }],
    [0, { transaction: 1, index: 2 }],
    [0, { transaction: 1, index: 3 }],
    [1, { transaction: 2, index: 0 }],
    [1, { transaction: 2, index: 3 }],
  ])
})

test('what is long does not join', () => {
  const long = 'x'.repeat(40_000)
  const transactions = Array.from({ length: 3 }, () => ['BEGIN', long, 'COMMIT'])
  expect([...packed(transactions, { joins: () => true })].map(({ ends }) => ends)).toEqual([
    [3],
    [3],
    [3],
  ])
})

test('what changes how text is read is the last of its message', () => {
  const texts = (...statements: readonly string[]) =>
    [...messagesOf(statements)].map(({ starts }) => starts.length)
  expect(texts('SELECT 1', "set client_encoding = 'LATIN1'", 'SELECT 2', 'SELECT 3')).toEqual([
    2, 2,
  ])
  expect(texts("SET NAMES 'LATIN1'", 'SET standard_conforming_strings = off', 'SELECT 1')).toEqual([
    1, 1, 1,
  ])
  expect(texts('DO $$ BEGIN\nSET backslash_quote = off; END $$', 'SELECT 1')).toEqual([1, 1])
  const pinned = "SELECT set_config('standard_conforming_strings', 'on', true)"
  expect(
    texts(
      'SET LOCAL standard_conforming_strings = on',
      pinned,
      "INSERT INTO t VALUES ('client_encoding')",
    ),
  ).toEqual([3])
})
