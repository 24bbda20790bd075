import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ancestorsOrSelf,
  appliedOrder,
  LimbeckError,
  overlapping,
  planDowngrade,
  planUndo,
  type RecordedMove,
  type RevisionMap,
  undoCount,
} from '../../src/revision/index.ts'
import { seeded } from '../support/seeded.ts'
import { branched, codeOf, failure, graph } from './graph.ts'

const forked = graph(branched)
const merged = graph('a; b1<-a; b2<-a; m<-b1,b2; n<-m')
const dependent = graph('a1; b1<-a1; a2; b2<-a2; c2<-b2 ^b1')

const undo = (
  map: RevisionMap,
  rows: readonly string[],
  count: number,
  lastFirst?: readonly string[],
) => planUndo(map, rows, count, lastFirst).map(({ revision }) => revision)

test.each([
  ['-1', 1],
  ['-12', 12],
  ['-0', null],
  ['+1', null],
  ['b-1', null],
  ['left@-1', null],
  ['base', null],
])('%s undoes %j revisions by the history', (target, count) => {
  expect(undoCount(target)).toBe(count)
})

describe('the revisions applied last', () => {
  test('go one by one, from whichever branch they are', () => {
    const lastFirst = ['d2', 'c1', 'c2', 'b', 'a']
    expect(undo(forked, ['c1', 'd2'], 1, lastFirst)).toEqual(['d2'])
    expect(undo(forked, ['c1', 'd2'], 3, lastFirst)).toEqual(['d2', 'c1', 'c2'])
    expect(undo(forked, ['c1', 'd2'], 5, lastFirst)).toEqual(['d2', 'c1', 'c2', 'b', 'a'])
  })

  test('go on across a merge point', () => {
    expect(undo(merged, ['n'], 3, ['n', 'm', 'b1', 'b2', 'a'])).toEqual(['n', 'm', 'b1'])
  })

  test('wait for what rests on them', () => {
    expect(undo(forked, ['d1', 'd2'], 2, ['c1', 'd2', 'd1'])).toEqual(['d2', 'd1'])
  })

  test('are those that the history knows, where it does not know all', () => {
    expect(undo(forked, ['d1', 'c2'], 1, ['d1'])).toEqual(['d1'])
  })

  test.each([
    [0, []],
    [-1, []],
  ])('are none for %i', (count, steps) => {
    expect(undo(forked, ['d1'], count)).toEqual(steps)
  })
})

describe('without history', () => {
  test('the only one that nothing rests on goes, a merge point too', () => {
    expect(undo(merged, ['n'], 2)).toEqual(['n', 'm'])
  })

  test('a single row is followed through its only parent, as Alembic does', () => {
    expect(undo(dependent, ['c2'], 3)).toEqual(['c2', 'b2', 'a2'])
  })

  test.each([
    [
      ['d1', 'd2'],
      1,
      ['d1', 'd2'],
      /^Run `npx limbeck downgrade d1@-1` or `npx limbeck downgrade d2@-1`\.$/u,
    ],
    [['c2', 'd1'], 2, ['d1', 'c2'], /d1@-1` or `npx limbeck downgrade c2@-1/u],
  ])('%j and -%i are refused with what to type', (rows, count, revisions, hint) => {
    const { code, details } = failure(() => planUndo(forked, rows, count))
    expect(code).toBe('LIMBECK_AMBIGUOUS_WALK')
    expect(details.revisions).toEqual(revisions)
    expect(details.hint).toMatch(hint)
  })

  test('what is certain is to be typed first', () => {
    const { message, details } = failure(() => planUndo(merged, ['n'], 3))
    expect(message).toMatch(/b1, b2 was applied last before n, m/u)
    expect(details.hint).toBe(
      'Run `npx limbeck downgrade -2`, then `npx limbeck downgrade b1@-1` or `npx limbeck downgrade b2@-1`.',
    )
  })
})

test.each([
  [['d1'], 5, 'LIMBECK_OUT_OF_RANGE'],
  [[], 1, 'LIMBECK_OUT_OF_RANGE'],
  [['gone'], 1, 'LIMBECK_NO_SUCH_REVISION'],
])('from %j -%i is refused', (rows, count, code) => {
  expect(codeOf(() => planUndo(forked, rows, count))).toBe(code)
})

describe('the history', () => {
  let at = 0
  const line = (
    direction: RecordedMove['direction'],
    revision: string | null,
    rowsBefore: readonly string[],
    rowsAfter: readonly string[],
  ): RecordedMove => ({ direction, revision, rowsBefore, rowsAfter, at: String(at++) })
  const first = [
    line('upgrade', 'a', [], ['a']),
    line('upgrade', 'b', ['a'], ['b']),
    line('upgrade', 'c1', ['b'], ['c1']),
    line('upgrade', 'c2', ['c1'], ['c1', 'c2']),
  ]
  const order = (rows: readonly string[], ...lines: readonly RecordedMove[]) =>
    appliedOrder(forked, rows, [...first, ...lines].toReversed())

  test('names what is applied, the last one first', () => {
    expect(order(['c1', 'c2'])).toEqual(['c2', 'c1', 'b', 'a'])
  })

  test('is not believed where somebody else has moved the rows', () => {
    expect(order(['c1', 'd2'])).toEqual([])
    expect(appliedOrder(forked, [], [])).toEqual([])
  })

  test('counts the last time a revision was applied', () => {
    const again = [
      line('downgrade', 'c1', ['c1', 'c2'], ['c2']),
      line('upgrade', 'c1', ['c2'], ['c1', 'c2']),
    ]
    expect(order(['c1', 'c2'], ...again)).toEqual(['c1', 'c2', 'b', 'a'])
  })

  test('takes the lines of one stamp in topological order, whatever theirs is', () => {
    const stamped = ['d1', 'd2'].map((id) => ({
      ...line('stamp', id, ['c1', 'c2'], ['d1', 'd2']),
      at: 'stamp',
    }))
    const rows = ['d1', 'd2']
    expect(order(rows, ...stamped)).toEqual(['d2', 'd1', 'c2', 'c1', 'b', 'a'])
    expect(order(rows, ...stamped.toReversed())).toEqual(['d2', 'd1', 'c2', 'c1', 'b', 'a'])
    const all = ['d1', 'c1', 'b', 'a'].map((id) => ({
      ...line('create', id, [], ['d1']),
      at: 'create',
    }))
    expect(appliedOrder(forked, ['d1'], all)).toEqual(['d1', 'c1', 'b', 'a'])
  })

  test('does not count a stamp for what was applied before it', () => {
    const accepted = line('stamp', 'c1', ['c1', 'c2'], ['c1', 'c2'])
    expect(order(['c1', 'c2'], accepted)).toEqual(['c2', 'c1', 'b', 'a'])
    const down = line('stamp', 'b', ['c1', 'c2'], ['b'])
    expect(order(['b'], down)).toEqual(['b', 'a'])
  })

  test('does not mind lines of revisions that are gone', () => {
    const gone = line('downgrade', 'gone', ['c1', 'c2', 'gone'], ['c1', 'c2'])
    expect(order(['c1', 'c2'], gone)).toEqual(['c2', 'c1', 'b', 'a'])
  })
})

/** Graphs in which each revision has up to two parents and a dependency among those before it. */
const graphs = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 2 }), fc.array(fc.nat(), { maxLength: 1 })), {
    minLength: 1,
    maxLength: 9,
  })
  .map((nodes) =>
    graph(
      nodes
        .map(([parents, dependencies], index) => {
          const names = (picks: readonly number[]) =>
            index === 0 ? '' : [...new Set(picks.map((pick) => `r${pick % index}`))].join()
          const [down, deps] = [names(parents), names(dependencies)]
          return `r${index}${down && `<-${down}`}${deps && ` ^${deps}`}`
        })
        .join('; '),
    ),
  )

test('exactly N go, newest first; what a refusal tells to type undoes just that', () => {
  const property = fc.property(graphs, fc.nat(), fc.nat(), (map, pick, size) => {
    const ids = [...map.nodes.keys()]
    const start = [ids[pick % ids.length] ?? '', ids[(pick + size) % ids.length] ?? '']
    const rows = [...new Set(start)].filter((id) => !overlapping(map, start).includes(id))
    const applied = ancestorsOrSelf(map, rows)
    const count = 1 + (size % applied.size)
    const lastFirst = map.oldestFirst.filter((id) => applied.has(id)).toReversed()
    expect(undo(map, rows, count, lastFirst)).toEqual(lastFirst.slice(0, count))
    try {
      expect(undo(map, rows, count)).toHaveLength(count)
    } catch (error) {
      if (!(error instanceof LimbeckError)) throw error
      const { hint = '', revisions = [] } = error.details
      const targets = [...hint.matchAll(/downgrade ([^`]+@[^`]+)`/gu)].map(([, text = '']) => text)
      for (const target of targets) {
        const [first, ...others] = planDowngrade(map, revisions, target)
        expect(revisions).toContain(first?.revision)
        expect(others).toEqual([])
      }
    }
  })
  fc.assert(property, { ...seeded, numRuns: 500 })
})
