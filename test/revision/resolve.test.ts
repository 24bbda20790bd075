import { describe, expect, test } from 'vitest'
import { filterLineage, resolve, resolveOne, resolveSome } from '../../src/revision/index.ts'
import { branched, codeOf, failure, graph } from './graph.ts'

const map = graph('aaaa1111; aaaa2222<-aaaa1111; bbbb3333<-aaaa2222 [blue]; abc<-bbbb3333')
const forked = graph(branched)

describe('an identifier names', () => {
  test.each([
    ['head', ['abc']],
    ['heads', ['abc']],
    ['base', []],
    ['blue', ['bbbb3333']],
    ['bl', ['bbbb3333']],
    ['aaaa2', ['aaaa2222']],
    ['b', ['bbbb3333']],
    ['aaaa1111@head', ['abc']],
    ['-1', ['bbbb3333']],
    ['-4', []],
  ])('%s resolves to the revisions that it means', (text, ids) => {
    if (text === 'b') expect(codeOf(() => resolve(map, text))).toBe('LIMBECK_AMBIGUOUS_REVISION')
    else expect(resolve(map, text)).toEqual(ids)
  })

  test('all heads below a branch, and one below each head', () => {
    expect(resolve(forked, 'b@heads')).toEqual(['d1', 'd2'])
    expect(resolve(forked, '-1')).toEqual(['c1', 'c2'])
  })

  test('the rows where it is current and they are given', () => {
    expect(resolve(map, 'current', ['aaaa1111'])).toEqual(['aaaa1111'])
    expect(codeOf(() => resolve(map, 'current'))).toBe('LIMBECK_NO_SUCH_REVISION')
  })

  test('one revision, several, or at least one, as is asked', () => {
    expect(resolveOne(map, 'base')).toBeNull()
    expect(codeOf(() => resolveOne(forked, 'heads'))).toBe('LIMBECK_MULTIPLE_HEADS')
    expect(codeOf(() => resolveSome(map, 'base'))).toBe('LIMBECK_NO_SUCH_REVISION')
  })
})

describe('each failure says which it is and what to type next', () => {
  test.each([
    ['not found', 'nope', 'LIMBECK_NO_SUCH_REVISION', /no revision or label matches 'nope'/u],
    ['short ids are matched whole only', 'ab', 'LIMBECK_NO_SUCH_REVISION', /'ab'/u],
    ['ambiguous', 'aaaa', 'LIMBECK_AMBIGUOUS_REVISION', /aaaa1111, aaaa2222/u],
    ['no such branch', 'x@head', 'LIMBECK_NO_SUCH_BRANCH', /no branch 'x'/u],
  ])('%s is refused with the next command', (_, text, code, message) => {
    const error = failure(() => resolve(map, text))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.details.hint).toBeTruthy()
  })

  test.each([
    ['heds', "Did you mean 'heads'? "],
    ['Base', "Did you mean 'base'? "],
    ['lefft', "Did you mean 'left'? "],
    ['current', 'Type an id'],
  ])('%s is taken for a word or a label that was mistyped', (text, hint) => {
    expect(failure(() => resolve(forked, text)).details.hint?.startsWith(hint)).toBe(true)
  })

  test('an id that is no member of the branch is refused', () => {
    const error = failure(() => resolve(forked, 'left@c2'))
    expect(error.code).toBe('LIMBECK_NOT_IN_BRANCH')
    expect(error.message).toBe("revision c2 is not a member of branch 'left'")
  })

  test('several heads are refused with the candidates', () => {
    const error = failure(() => resolve(forked, 'head'))
    expect(error.code).toBe('LIMBECK_MULTIPLE_HEADS')
    expect(error.details.revisions).toEqual(['d1', 'd2'])
  })
})

test('a lineage is what is above and below, through dependencies only where asked', () => {
  const dependent = graph('a [lib]; b<-a; x; y<-x ^a')
  expect(filterLineage(dependent, ['b', 'y'], 'lib')).toEqual(['b'])
  expect(filterLineage(dependent, ['b', 'y'], 'lib', 'all')).toEqual(['b', 'y'])
  expect(filterLineage(dependent, ['b', 'y'], 'base')).toEqual(['b', 'y'])
})
