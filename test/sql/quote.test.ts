import { describe, expect, test } from 'vitest'
import { arrayText } from '../../src/sql/array-text.ts'
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../src/sql/quote.ts'

describe('quoting', () => {
  test('an identifier keeps its case and doubles its quotes', () => {
    expect(quoteIdentifier('Odd "name"')).toBe('"Odd ""name"""')
  })

  test('a literal doubles its quotes, and one with a backslash says so', () => {
    expect(quoteLiteral("it's")).toBe("'it''s'")
    expect(quoteLiteral("a\\b'")).toBe("E'a\\\\b'''")
  })

  test('a name without schema is left to search_path', () => {
    expect(qualifiedName(undefined, 't')).toBe('"t"')
    expect(qualifiedName('s', 't')).toBe('"s"."t"')
  })

  test('NUL is refused, because PostgreSQL would cut the text there', () => {
    expect(() => quoteLiteral('a\0b')).toThrow(
      expect.objectContaining({ code: 'LIMBECK_UNSUPPORTED_MODEL' }),
    )
  })

  test('array elements are quoted where their text would be misread', () => {
    const values = ['a', 'b c', '', 'NULL', 'q"\\', null, ['x', 'y']]
    expect(arrayText(values, 2, String)).toBe('{a,"b c","","NULL","q\\"\\\\",NULL,{x,y}}')
  })
})
