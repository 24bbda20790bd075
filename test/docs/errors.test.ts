import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { LimbeckError } from '../../src/errors.ts'
import { allPages, codes, readTable } from '../support/pages.ts'

const union = [...readFileSync('src/errors.ts', 'utf8').matchAll(/^ {2}\| '(LIMBECK_\w+)'$/gm)].map(
  ([, code = '']) => code,
)
const rows = readTable('docs/reference/errors.md', 'code', 'meaning', 'what to do')

test('the page of error codes explains every error code once, and no other', () => {
  expect(union.length).toBeGreaterThan(40)
  expect(rows.map(([code]) => codes(code)[0]).toSorted()).toEqual(union.toSorted())
})

test('the page of error codes says of every error code what it means', () => {
  for (const [code = '', meaning = ''] of rows) expect(meaning, code).not.toBe('')
})

test('an error ends with the address of its page, which is the homepage of the package', () => {
  const { homepage } = JSON.parse(readFileSync('package.json', 'utf8'))
  const error = new LimbeckError('LIMBECK_CYCLE', 'cycle in the revision graph')
  expect(error.page).toBe(`${homepage}/reference/errors#limbeck_cycle`)
  expect(JSON.stringify(error)).toMatch(/"page":"[^"]+"}$/)
  // What Node.js prints of an error that nobody has caught.
  expect(inspect(error)).toMatch(/page: '[^']+'\s*}$/)
})

test('no page speaks of a code that does not exist', () => {
  // What the gate answers is a code of the HTTP response, not of an error.
  const known = new Set([...union, 'LIMBECK_NOT_READY'])
  const spoken = allPages.match(/LIMBECK_[A-Z_]+/g) ?? []
  expect(spoken.filter((code) => !known.has(code))).toEqual([])
})
