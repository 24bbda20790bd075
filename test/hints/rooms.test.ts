import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hints } from '../support/hints.ts'

test('every hint with a command belongs to a room whose hints are tried', () => {
  const tried = readdirSync('test/hints').flatMap((file) =>
    [...readFileSync(`test/hints/${file}`, 'utf8').matchAll(/^tryHints\('([^']+)'/gm)].map(
      ([, room = '']) => room,
    ),
  )
  const left = hints.filter(({ file }) => !tried.some((room) => file.startsWith(room)))
  expect(left.map(({ file, line }) => `${file}: ${line}`)).toEqual([])
})
