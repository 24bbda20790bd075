import { describe, expect, test } from 'vitest'
import {
  appliedSet,
  currentRevisions,
  describeRevisions,
  historyRange,
  pendingRevisions,
  requireHeads,
} from '../../src/revision/index.ts'
import { branched, codeOf, failure, graph } from './graph.ts'

const forked = graph(branched)
const dependent = graph('a1; a2<-a1; b1; b2<-b1 ^a2')

describe('history', () => {
  test.each([
    [null, ['d1', 'c1', 'd2', 'c2', 'b', 'a']],
    ['a:d1', ['d1', 'c1', 'b', 'a']],
    [':left@head', ['d1', 'c1', 'b', 'a']],
    ['left:', ['d1', 'c1']],
    ['left@base:', ['d1', 'c1', 'b', 'a']],
    ['c1@base:', ['d1', 'c1', 'b', 'a']],
    ['b:left@+1', ['c1', 'b']],
    ['current:', ['d2', 'c2']],
    [':current', ['c2', 'b', 'a']],
    ['current:right@+9', ['d2', 'c2']],
  ])('of %s is listed newest first, both ends included', (text, ids) => {
    expect(historyRange(forked, ['c2'], text)).toEqual(ids)
  })

  test.each([
    ['c2:d1', 'LIMBECK_NOT_RELATED'],
    ['b', 'LIMBECK_INVALID_IDENTIFIER'],
    ['a:b:c1', 'LIMBECK_INVALID_IDENTIFIER'],
    ['current:current', 'LIMBECK_NO_SUCH_REVISION'],
    ['a:head', 'LIMBECK_MULTIPLE_HEADS'],
  ])('of %s is refused', (text, code) => {
    expect(codeOf(() => historyRange(forked, [], text))).toBe(code)
  })
})

describe('current', () => {
  test('shows the tip of each line that is applied, also one that a dependent implies', () => {
    expect(currentRevisions(dependent, ['b2'])).toEqual(['a2', 'b2'])
  })

  test('knows what is applied and what is pending', () => {
    expect([...appliedSet(forked, ['c1'])].sort()).toEqual(['a', 'b', 'c1'])
    expect(pendingRevisions(forked, ['c1'])).toEqual(['d1', 'c2', 'd2'])
  })

  test('is at heads when nothing is pending, whether or not a dependency has a row', () => {
    requireHeads(dependent, ['b2'])
    const { code, details } = failure(() => requireHeads(dependent, ['a2', 'b1']))
    expect(code).toBe('LIMBECK_NOT_AT_HEAD')
    expect(details.revisions).toEqual(['b2'])
  })
})

test('a revision is described with its links and marks', () => {
  expect(describeRevisions(forked, ['b'], ['b'])).toEqual([
    {
      id: 'b',
      parents: ['a'],
      dependsOn: [],
      children: ['c1', 'c2'],
      labels: [],
      head: null,
      branchPoint: true,
      mergePoint: false,
      current: true,
    },
  ])
  expect(describeRevisions(dependent, ['a2', 'b2']).map(({ head }) => head)).toEqual([
    'effective',
    'head',
  ])
})
