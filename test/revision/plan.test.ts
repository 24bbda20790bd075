import { describe, expect, test } from 'vitest'
import {
  offlineRange,
  offlineStamp,
  planDowngrade,
  planStamp,
  planUpgrade,
  type RevisionMap,
} from '../../src/revision/index.ts'
import { branched, codeOf, failure, graph } from './graph.ts'

const forked = graph(branched)
const dependent = graph('a1 [lib]; b1<-a1; c1<-b1; a2; b2<-a2; c2<-b2 ^c1; d1<-c1')

const up = (map: RevisionMap, rows: readonly string[], target: string | readonly string[]) =>
  planUpgrade(map, rows, target).map(({ revision }) => revision)
const down = (map: RevisionMap, rows: readonly string[], target: string) =>
  planDowngrade(map, rows, target).map(({ revision }) => revision)

describe('an upgrade', () => {
  test('finishes one branch before the next, the last in load order first', () => {
    expect(up(forked, [], 'heads')).toEqual(['a', 'b', 'c2', 'd2', 'c1', 'd1'])
  })

  test('brings dependencies along', () => {
    expect(up(dependent, ['b2'], 'c2')).toEqual(['a1', 'b1', 'c1', 'c2'])
  })

  test.each([['d1'], ['a'], ['base'], ['right@base']])(
    'to %s has nothing to do from d1',
    (text) => {
      expect(up(forked, ['d1'], text)).toEqual([])
    },
  )

  test.each([
    ['+1', ['a'], ['b']],
    ['left@+1', ['d2'], ['c1']],
    ['left@+2', ['b'], ['c1', 'd1']],
    ['left@head-1', ['b'], ['c1']],
    ['base+2', [], ['a', 'b']],
  ])('to %s counts from where the database is', (text, rows, steps) => {
    expect(up(forked, rows, text)).toEqual(steps)
  })

  test.each([
    ['+1', ['b'], 'LIMBECK_AMBIGUOUS_WALK'],
    ['+1', ['d1', 'd2'], 'LIMBECK_AMBIGUOUS_WALK'],
    ['+0', ['a'], 'LIMBECK_OUT_OF_RANGE'],
    ['left@+9', ['b'], 'LIMBECK_OUT_OF_RANGE'],
    ['d1+1', [], 'LIMBECK_OUT_OF_RANGE'],
    ['a-1', [], 'LIMBECK_OUT_OF_RANGE'],
    ['nope@+1', [], 'LIMBECK_NO_SUCH_BRANCH'],
    ['head', [], 'LIMBECK_MULTIPLE_HEADS'],
    ['a:b', [], 'LIMBECK_INVALID_IDENTIFIER'],
    ['d1', ['a', 'c1'], 'LIMBECK_OVERLAPPING_ROWS'],
  ])('to %s from %j is refused', (text, rows, code) => {
    expect(codeOf(() => up(forked, rows, text))).toBe(code)
  })

  test.each(['gone', 'head', 'base', 'd'])("refuses a row that says '%s', and names it", (row) => {
    const { code, details, message } = failure(() => up(forked, [row], 'heads'))
    expect(code).toBe('LIMBECK_NO_SUCH_REVISION')
    expect(details.revisions).toEqual([row])
    expect(message).toContain(`'${row}'`)
  })
})

describe('a downgrade', () => {
  test('takes dependents in other branches along and leaves unrelated branches', () => {
    expect(down(dependent, ['c2', 'd1'], 'b1')).toEqual(['c2', 'd1', 'c1'])
    expect(down(forked, ['d1', 'd2'], 'c2')).toEqual(['d2'])
  })

  test.each([
    ['left@b', ['d1', 'c1']],
    ['left@-1', ['d1']],
    ['-1', ['d1']],
    ['b', ['d1', 'c1', 'd2', 'c2']],
    ['base', ['d1', 'c1', 'd2', 'c2', 'b', 'a']],
    ['a-1', ['d1', 'c1', 'd2', 'c2', 'b', 'a']],
    ['d1', []],
  ])('to %s removes %j', (text, steps) => {
    expect(down(forked, ['d1', 'd2'], text)).toEqual(steps)
  })

  test.each([
    ['c1', ['d2'], 'LIMBECK_NOT_APPLIED'],
    ['d1', ['c1'], 'LIMBECK_NOT_APPLIED'],
    ['+1', ['c1'], 'LIMBECK_OUT_OF_RANGE'],
    ['-9', ['c1'], 'LIMBECK_OUT_OF_RANGE'],
    ['-1', [], 'LIMBECK_OUT_OF_RANGE'],
    ['left@-1', ['d2'], 'LIMBECK_NOT_APPLIED'],
    ['b@-1', ['d1', 'd2'], 'LIMBECK_AMBIGUOUS_WALK'],
    ['nope@c1', ['d1'], 'LIMBECK_NO_SUCH_BRANCH'],
    ['heads', ['d1'], 'LIMBECK_MULTIPLE_HEADS'],
  ])('to %s from %j is refused', (text, rows, code) => {
    expect(codeOf(() => down(forked, rows, text))).toBe(code)
  })

  test('counts the revisions that a walk has found', () => {
    const said = (walk: () => unknown) => failure(walk).message
    expect(said(() => up(forked, ['b'], 'left@+9'))).toMatch(
      /: there are only \d revisions above where the database is$/u,
    )
    expect(said(() => up(forked, [], 'd1+1'))).toMatch(/: there is no revision above 'd1'$/u)
    expect(said(() => down(forked, ['c1'], '-9'))).toMatch(
      /: there are only 2 revisions below where the database is$/u,
    )
    expect(said(() => down(forked, [], '-1'))).toMatch(/: no revision is applied$/u)
  })

  test('says that a dependent holds the target where nothing else is above it', () => {
    expect(failure(() => down(dependent, ['c2'], 'c1')).message).toMatch(/depend on it/u)
  })
})

describe('a stamp', () => {
  const stamp = (rows: readonly string[], ...targets: string[]) => planStamp(forked, rows, targets)

  test('moves all related rows at once', () => {
    expect(stamp(['d1', 'd2'], 'b')).toEqual([
      { direction: 'stamp', from: ['d1', 'd2'], to: ['b'], up: false },
    ])
  })

  test('leaves unrelated rows and rows that are named already', () => {
    expect(stamp(['c1', 'd2'], 'heads')).toEqual([
      { direction: 'stamp', from: ['c1'], to: ['d1'], up: true },
    ])
    expect(stamp(['d1', 'd2'], 'heads')).toEqual([])
  })

  test('takes rows away for base, within a branch those of the branch', () => {
    expect(stamp(['d1', 'd2'], 'left@base')).toEqual([
      { direction: 'stamp', from: ['d1'], to: [], up: false },
    ])
  })

  test('does not leave rows behind of which one includes another', () => {
    const apart = graph('a; b<-a; x; y<-x')
    expect(planStamp(apart, ['a', 'b'], ['y'])).toEqual([
      { direction: 'stamp', from: [], to: ['y'], up: true },
      { direction: 'stamp', from: ['a'], to: [], up: false },
    ])
    expect(planStamp(apart, ['a', 'b', 'y'], ['y'])).toEqual([])
  })

  test('makes one move of a target named twice', () => {
    expect(stamp([], 'd1', 'd1')).toHaveLength(1)
  })

  test('refuses a target beside its own ancestor', () => {
    const { code, details } = failure(() => stamp([], 'a', 'd1'))
    expect(code).toBe('LIMBECK_OVERLAPPING_ROWS')
    expect(details.revisions).toEqual(['a'])
  })

  test('refuses an unknown row, except to purge it', () => {
    expect(codeOf(() => stamp(['gone'], 'd1'))).toBe('LIMBECK_NO_SUCH_REVISION')
    expect(planStamp(forked, ['gone'], ['d1'], { purge: true })).toHaveLength(1)
  })

  test('refuses to empty the table by counting too far', () => {
    expect(codeOf(() => stamp([], '-9'))).toBe('LIMBECK_OUT_OF_RANGE')
  })
})

describe('without a database', () => {
  test('the start of the range stands for the rows', () => {
    expect(offlineRange(forked, 'upgrade', 'b:left@head')).toEqual({
      rows: ['b'],
      target: 'left@head',
    })
    expect(offlineRange(forked, 'upgrade', 'heads')).toEqual({ rows: [], target: 'heads' })
    expect(offlineStamp(forked, ['c1', 'b:c2'])).toEqual({ rows: ['b'], target: ['c1', 'c2'] })
  })

  test.each([
    [
      'a downgrade without a start',
      () => offlineRange(forked, 'downgrade', 'a'),
      'LIMBECK_OFFLINE',
    ],
    ['an empty start', () => offlineRange(forked, 'upgrade', ':a'), 'LIMBECK_INVALID_IDENTIFIER'],
    ['two starts', () => offlineStamp(forked, ['a:c1', 'b:c2']), 'LIMBECK_OFFLINE'],
    ['a purge', () => offlineStamp(forked, ['a'], { purge: true }), 'LIMBECK_OFFLINE'],
  ])('%s is refused', (_, work, code) => {
    expect(codeOf(work)).toBe(code)
  })
})
