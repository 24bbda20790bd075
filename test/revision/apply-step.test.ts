import { describe, expect, test } from 'vitest'
import { applyChanges, applyStep, applySteps, type Step } from '../../src/revision/index.ts'
import { codeOf, failure, graph } from './graph.ts'

const upgrade = (revision: string): Step => ({ direction: 'upgrade', revision })
const downgrade = (revision: string): Step => ({ direction: 'downgrade', revision })

const merged = graph('a; b<-a; c<-a; m<-b,c')
const dependent = graph('lib; x; y<-x ^lib')

describe('a step moves the rows', () => {
  test.each([
    ['inserts a first row', merged, [], upgrade('a'), [{ kind: 'insert', version: 'a' }]],
    ['updates the parent', merged, ['a'], upgrade('b'), [{ kind: 'update', from: 'a', to: 'b' }]],
    ['inserts a second branch', merged, ['b'], upgrade('c'), [{ kind: 'insert', version: 'c' }]],
    [
      'joins the rows of a merge',
      merged,
      ['b', 'c'],
      upgrade('m'),
      [
        { kind: 'delete', version: 'b' },
        { kind: 'update', from: 'c', to: 'm' },
      ],
    ],
    [
      'parts them again',
      merged,
      ['m'],
      downgrade('m'),
      [
        { kind: 'insert', version: 'b' },
        { kind: 'update', from: 'm', to: 'c' },
      ],
    ],
    ['deletes a branch', merged, ['b', 'c'], downgrade('c'), [{ kind: 'delete', version: 'c' }]],
    [
      'covers the row of a dependency',
      dependent,
      ['lib', 'x'],
      upgrade('y'),
      [
        { kind: 'delete', version: 'x' },
        { kind: 'update', from: 'lib', to: 'y' },
      ],
    ],
    [
      'puts the row of a dependency back',
      dependent,
      ['y'],
      downgrade('y'),
      [
        { kind: 'insert', version: 'x' },
        { kind: 'update', from: 'y', to: 'lib' },
      ],
    ],
  ])('%s swaps exactly the rows that it stands on', (name, map, rows, step, changes) => {
    const move = applyStep(map, rows, step)
    expect(move.changes.map((change) => JSON.stringify(change)).sort()).toEqual(
      changes.map((change) => JSON.stringify(change)).sort(),
    )
    expect(move.rows, name).toEqual(applyChanges(rows, move.changes))
  })

  test('past redundant parents, which other tools trip over', () => {
    const map = graph('a; b<-a; c; d<-b,c ^a')
    const moves = [...applySteps(map, [], ['a', 'c', 'b', 'd'].map(upgrade))]
    expect(moves.map(({ rows }) => [...rows].sort())).toEqual([
      ['a'],
      ['a', 'c'],
      ['b', 'c'],
      ['d'],
    ])
    expect([...applyStep(map, ['d'], downgrade('d')).rows].sort()).toEqual(['b', 'c'])
  })

  test('and takes overlapping rows away with the first', () => {
    const map = graph('a; b<-a; c<-b')
    expect(applyStep(map, ['a', 'c'], downgrade('c')).rows).toEqual(['b'])
    expect(applyStep(map, ['b', 'c'], downgrade('c')).rows).toEqual(['b'])
  })

  test('of a stamp from those that are still there', () => {
    const stamp = { direction: 'stamp', from: ['b'], to: ['c'], up: true } as const
    expect(applyStep(merged, ['b'], stamp).rows).toEqual(['c'])
    expect(applyStep(merged, ['a'], stamp).rows).toEqual(['a', 'c'])
  })
})

describe('a step that does not fit the rows is a conflict', () => {
  test.each([
    ['applied already', ['b'], upgrade('a')],
    ['a parent is missing', ['a'], upgrade('m')],
    ['not applied', ['a'], downgrade('b')],
    ['something above is applied', ['m'], downgrade('b')],
    ['the row is there twice', ['a', 'a'], upgrade('b')],
  ])('%s is refused', (_, rows, step) => {
    const { code, details } = failure(() => applyStep(merged, rows, step))
    expect(code).toBe('LIMBECK_VERSION_CONFLICT')
    expect(details.revisions).toEqual(rows)
  })

  test('as is a change that does not hit exactly one row', () => {
    const conflict = 'LIMBECK_VERSION_CONFLICT'
    expect(codeOf(() => applyChanges([], [{ kind: 'delete', version: 'a' }]))).toBe(conflict)
    expect(codeOf(() => applyChanges(['a'], [{ kind: 'insert', version: 'a' }]))).toBe(conflict)
    expect(codeOf(() => applyChanges(['b'], [{ kind: 'update', from: 'a', to: 'c' }]))).toBe(
      conflict,
    )
  })

  test('a revision that does not exist is said to be so', () => {
    expect(codeOf(() => applyStep(merged, [], upgrade('x')))).toBe('LIMBECK_NO_SUCH_REVISION')
  })
})
