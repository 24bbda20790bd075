import { describe, expect, test } from 'vitest'
import { type NewRevision, newRevision } from '../../src/revision/index.ts'
import { branched, codeOf, graph } from './graph.ts'

const forked = graph(branched)
const make = (wanted: Partial<NewRevision>) => newRevision(forked, { id: 'new', ...wanted })

describe('a new revision', () => {
  test.each([
    ['follows a head', { head: 'left@head' }, ['d1']],
    ['joins all heads', { head: 'heads' }, ['d1', 'd2']],
    ['joins heads in the order given', { head: ['d2', 'd1'] }, ['d2', 'd1']],
    ['begins a line of its own', { head: 'base' }, []],
    ['begins a branch where it is spliced in', { head: 'b', splice: true }, ['b']],
  ])('%s gets these parents', (_, wanted, parents) => {
    expect(make(wanted).parents).toEqual(parents)
  })

  test('is the first of an empty graph', () => {
    expect(newRevision(graph(''), { id: 'new' })).toEqual({
      id: 'new',
      parents: [],
      dependsOn: [],
      labels: [],
    })
  })

  test('depends on whole ids, and on labels as labels', () => {
    const dependsOn = ['right', 'right@head']
    expect(make({ head: 'd1', dependsOn }).dependsOn).toEqual(['right', 'd2'])
  })

  test.each([
    ['several heads and none chosen', {}, 'LIMBECK_MULTIPLE_HEADS'],
    ['a parent that is no head', { head: 'b' }, 'LIMBECK_NOT_A_HEAD'],
    ['the same parent twice', { head: ['d1', 'd1'] }, 'LIMBECK_ILLEGAL_REVISION'],
    ['an id that is taken', { id: 'a', head: 'd1' }, 'LIMBECK_DUPLICATE_REVISION'],
    ['the id of its own parent', { id: 'd1', head: 'd1' }, 'LIMBECK_SELF_REFERENCE'],
    ['an id that could not be typed', { id: 'a-b', head: 'd1' }, 'LIMBECK_ILLEGAL_REVISION'],
    ['a label that is taken', { head: 'd1', labels: ['right'] }, 'LIMBECK_DUPLICATE_LABEL'],
    ['a label that is an id', { head: 'd1', labels: ['a'] }, 'LIMBECK_DUPLICATE_LABEL'],
    ['an unknown dependency', { head: 'd1', dependsOn: ['x'] }, 'LIMBECK_NO_SUCH_REVISION'],
    ['a dependency on base', { head: 'd1', dependsOn: ['base'] }, 'LIMBECK_INVALID_IDENTIFIER'],
  ])('is refused for %s', (_, wanted, code) => {
    expect(codeOf(() => make(wanted))).toBe(code)
  })
})
