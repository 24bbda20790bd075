import { describe, expect, test } from 'vitest'
import { codeOf, failure, graph } from './graph.ts'

describe('a revision map', () => {
  test('of nothing has no heads and no bases', () => {
    const map = graph('')
    expect([map.heads, map.bases, map.nodes.size]).toEqual([[], [], 0])
  })

  test('knows heads, bases, branch points and merge points in load order', () => {
    const map = graph('z; a; m<-b,c; b<-a; c<-a')
    expect(map.heads).toEqual(['z', 'm'])
    expect(map.bases).toEqual(['z', 'a'])
    expect(map.branchPoints).toEqual(['a'])
    expect(map.mergePoints).toEqual(['m'])
  })

  test('tells a head that others depend on from a head that heads means', () => {
    const map = graph('a1; a2<-a1; b1; b2<-b1 ^a2')
    expect(map.heads).toEqual(['a2', 'b2'])
    expect(map.effectiveHeads).toEqual(['b2'])
  })

  test('resolves a dependency on a label', () => {
    const map = graph('a [core]; b ^core')
    expect(map.nodes.get('b')?.dependsOn).toEqual(['a'])
    expect(map.nodes.get('a')?.allChildren).toEqual(['b'])
  })

  test('does not follow a dependency that its own line already declares', () => {
    const map = graph('a; b ^a; c<-b ^a; d<-c ^a')
    expect(map.nodes.get('d')?.effectiveParents).toEqual(['c'])
    expect(map.nodes.get('d')?.allParents).toEqual(['c', 'a'])
  })

  test('keeps ids of any length', () => {
    const long = 'x'.repeat(200)
    expect(graph(`${long}; b<-${long}`).heads).toEqual(['b'])
  })

  test.each([
    ['goes up and down a single line', 'a; b<-a; c<-b [l]; d<-c', ['a', 'b', 'c', 'd']],
    ['goes down both sides of a fork, and not up', 'a; c<-a [l]; d1<-c; d2<-c', ['c', 'd1', 'd2']],
    ['goes up to the fork, exclusively', 'a; b<-a; x<-a; c<-b [l]; d<-c', ['b', 'c', 'd']],
    ['goes down through a merge, and not up', 'a; c<-a [l]; x; m<-c,x', ['c', 'm']],
    ['does not go up past a second dependent', 'a; c<-a [l]; d<-c ^a', ['c', 'd']],
  ])('has a label that %s', (_, text, reached) => {
    const nodes = [...graph(text).nodes.values()]
    expect(nodes.filter(({ labels }) => labels.includes('l')).map(({ id }) => id)).toEqual(reached)
  })
})

describe('a graph is refused', () => {
  test.each([
    ['an id that could not be typed', 'a+b', 'LIMBECK_ILLEGAL_REVISION'],
    ['an id with a colon', 'a:1', 'LIMBECK_ILLEGAL_REVISION'],
    ['a revision that is its own parent', 'a<-a', 'LIMBECK_SELF_REFERENCE'],
    ['a revision that depends on itself', 'a ^a', 'LIMBECK_SELF_REFERENCE'],
    ['an id given twice', 'a; b<-a; b<-a', 'LIMBECK_DUPLICATE_REVISION'],
    ['a parent that is not there', 'a; b<-x', 'LIMBECK_MISSING_PARENT'],
    ['a parent given by its beginning', 'abcdef; b<-abcd', 'LIMBECK_MISSING_PARENT'],
    ['a parent given by its label', 'a [l]; b<-l', 'LIMBECK_MISSING_PARENT'],
    ['a dependency that is not there', 'a; b<-a ^x', 'LIMBECK_MISSING_DEPENDENCY'],
    ['a label given twice', 'a [l]; b<-a [l]', 'LIMBECK_DUPLICATE_LABEL'],
    ['a label that is an id', 'a [b]; b<-a', 'LIMBECK_DUPLICATE_LABEL'],
  ])('for %s', (_, text, code) => {
    expect(codeOf(() => graph(text))).toBe(code)
  })

  test('for a cycle, naming exactly its revisions', () => {
    const { code, details } = failure(() => graph('root; a<-root,c; b<-a; c<-b; above<-c'))
    expect(code).toBe('LIMBECK_CYCLE')
    expect([...(details.revisions ?? [])].sort()).toEqual(['a', 'b', 'c'])
  })

  test('for a cycle through a dependency', () => {
    const { code, details } = failure(() => graph('a ^c; b<-a; c<-b; d<-c'))
    expect(code).toBe('LIMBECK_CYCLE')
    expect([...(details.revisions ?? [])].sort()).toEqual(['a', 'b', 'c'])
  })
})
