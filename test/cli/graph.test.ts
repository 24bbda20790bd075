import { describe, expect, test } from 'vitest'
import { drawGraph, type GraphNode, isLinear } from '../../src/cli/graph.ts'

/** `child parent parent`, newest first, to nodes. */
const nodes = (text: string): GraphNode[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))
    .map(([id = '', ...parents]) => ({ id, parents }))

const draw = (text: string): string => {
  const list = nodes(text)
  return drawGraph(list)
    .flatMap((row, at) => {
      const paint = (cells: typeof row.node) => cells.map((cell) => cell.text).join('')
      return [
        ...row.above.map(paint),
        `${paint(row.node)} ${list[at]?.id}`,
        ...row.links.map(paint),
      ]
    })
    .map((line) => line.trimEnd())
    .join('\n')
}

describe('the drawing is like that of `git log --graph`', () => {
  test('a fork and its merge open and close a lane', () => {
    expect(draw('m a b\nb r\na r\nr')).toBe('* m\n|\\\n| * b\n* | a\n|/\n* r')
  })

  test('a fork with two heads keeps both lanes', () => {
    expect(draw('d c\nc r\nb r\nr')).toBe('* d\n* c\n| * b\n|/\n* r')
  })

  test('a merge of three joins three lanes', () => {
    expect(draw('o x y z\nz r\ny r\nx r\nr')).toBe(
      '*-. o\n|\\ \\\n| | * z\n| * | y\n| |/\n* | x\n|/\n* r',
    )
  })

  test('a merge of a merge nests its lanes', () => {
    expect(draw('n m q\nm a b\nq r\nb r\na r\nr')).toBe(
      '* n\n|\\\n* | m\n|\\ \\\n| | * q\n| * | b\n| |/\n* | a\n|/\n* r',
    )
  })

  test('lanes that cross are drawn over each other', () => {
    expect(draw('a p\nb q\nc p\np\nq')).toBe('* a\n| * b\n| | * c\n| |/\n|/|\n* | p\n /\n* q')
  })

  test('two lines that have nothing in common have a gap between them', () => {
    expect(draw('b a\na\nd c\nc')).toBe('* b\n* a\n\n* d\n* c')
  })

  test('a wide merge beside another lane makes room first', () => {
    expect(draw('t m z\nm a b c\nz r\nc r\nb r\na r\nr').split('\n').slice(0, 6)).toEqual([
      '* t',
      '|\\',
      '|  \\',
      '*-. | m',
      '|\\ \\ \\',
      '| | | * z',
    ])
  })
})

test('every node has one star, and parents out of sight are not drawn', () => {
  const drawing = draw('m a b\nb gone\na gone')
  expect(drawing).toBe('* m\n|\\\n| * b\n* a')
})

test('a list is linear only when each entry is the only parent of the one above it', () => {
  expect(isLinear(nodes('c b\nb a\na'))).toBe(true)
  expect(isLinear(nodes('c b\nb gone'))).toBe(true)
  expect(isLinear(nodes('c a\nb a\na'))).toBe(false)
  expect(isLinear(nodes('c b a\nb a\na'))).toBe(false)
  expect(isLinear(nodes('b\na'))).toBe(false)
  expect(isLinear([])).toBe(true)
})
