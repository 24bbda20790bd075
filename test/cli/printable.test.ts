import { expect, test } from 'vitest'
import type { Output } from '../../src/cli/io.ts'
import { printable, printableOutput } from '../../src/cli/printable.ts'

test.each([
  ['\u001B[2K\u001B[1G', '\\u001b[2K\\u001b[1G'],
  ['a\r\nb\bc', 'a\\u000d\nb\\u0008c'],
  ['\u009B2J', '\\u009b2J'],
  ['\u202Egnp.exe', '\\u202egnp.exe'],
  ['ümläut\tß 😀', 'ümläut\tß 😀'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('JSON with what is escaped says the same', () => {
  const document = { sql: '\u001B[8m\u0090\u202E\r' }
  expect(JSON.parse(printable(JSON.stringify(document, null, 2)))).toEqual(document)
})

test('on a terminal the colours of the command line pass, and nothing else', () => {
  const written: string[] = []
  const terminal: Output = { isTTY: true, write: (text) => written.push(text) }
  printableOutput(terminal, {}).write(
    '\u001B[31mred\u001B[39m \u001B[8mhidden \u001B]0;title\u0007',
  )
  expect(written).toEqual(['\u001B[31mred\u001B[39m \\u001b[8mhidden \\u001b]0;title\\u0007'])
})
