import { describe, expect, test } from 'vitest'
import { topologicalSort } from '../src/graph.ts'

const sort = (edges: Record<string, readonly string[]>) =>
  topologicalSort(Object.keys(edges), (id) => edges[id] ?? [])

describe('topologicalSort', () => {
  test('keeps the given order where nothing depends on anything', () => {
    expect(sort({ c: [], a: [], b: [] })).toEqual({ kind: 'order', order: ['c', 'a', 'b'] })
  })

  test('puts each id after what it depends on', () => {
    const sorted = sort({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })
    expect(sorted).toEqual({ kind: 'order', order: ['d', 'b', 'c', 'a'] })
  })

  test('ignores dependencies that are not among the ids', () => {
    expect(sort({ a: ['elsewhere'] })).toEqual({ kind: 'order', order: ['a'] })
  })

  test('reports the cycle alone, without what leads to it or hangs on it', () => {
    const sorted = sort({ entry: ['a'], a: ['b'], b: ['c'], c: ['a', 'base'], base: [] })
    expect(sorted).toEqual({ kind: 'cycle', cycle: ['a', 'b', 'c'] })
  })

  test('reports an id that depends on itself', () => {
    expect(sort({ a: ['a'] })).toEqual({ kind: 'cycle', cycle: ['a'] })
  })

  test('sorts a line too long for a call stack', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `${index}`)
    const sorted = topologicalSort(ids, (id) => (id === '99999' ? [] : [`${Number(id) + 1}`]))
    expect(sorted.kind === 'order' && sorted.order[0]).toBe('99999')
  })
})
