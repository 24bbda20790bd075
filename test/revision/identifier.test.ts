import { describe, expect, test } from 'vitest'
import { parseIdentifier, parseRange, parseTarget } from '../../src/revision/index.ts'
import { codeOf } from './graph.ts'

describe('an identifier', () => {
  test.each([
    ['abc', null, 'abc'],
    ['label@head', 'label', 'head'],
    ['@abc', null, 'abc'],
    ['label@@head', 'label', '@head'],
  ])('%s is split at the first @', (text, branch, symbol) => {
    expect(parseIdentifier(text)).toMatchObject({ branch, symbol })
  })

  test.each(['', 'label@'])("'%s' names nothing", (text) => {
    expect(codeOf(() => parseIdentifier(text))).toBe('LIMBECK_INVALID_IDENTIFIER')
  })
})

describe('a target', () => {
  test.each([
    ['+2', null, null, 2],
    ['-1', null, null, -1],
    ['abc-3', null, 'abc', -3],
    ['label@+1', 'label', null, 1],
    ['label@head-1', 'label', 'head', -1],
    ['+2xyz', null, null, 2],
  ])('%s is relative', (text, branch, word, steps) => {
    expect(parseTarget(text)).toEqual({ kind: 'relative', text, branch, word, steps })
  })

  test.each(['head', 'feat-x', 'v1.1+1'])('%s is not relative', (text) => {
    expect(parseTarget(text).kind).toBe('symbol')
  })

  test('without a colon is no range', () => {
    expect(codeOf(() => parseTarget('a:b'))).toBe('LIMBECK_INVALID_IDENTIFIER')
  })
})

describe('a range', () => {
  test('may have an empty side', () => {
    expect(parseRange('a:')).toEqual({ start: 'a', end: null })
    expect(parseRange(':b')).toEqual({ start: null, end: 'b' })
  })

  test('has exactly one colon', () => {
    expect(parseRange('a')).toBeNull()
    expect(codeOf(() => parseRange('a:b:c'))).toBe('LIMBECK_INVALID_IDENTIFIER')
  })
})
