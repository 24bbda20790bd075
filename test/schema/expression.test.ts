import { describe, expect, test } from 'vitest'
import { defaultExpression, indexExpression } from '../../src/schema/expression.ts'
import { closed, inParentheses, sqlTokens } from '../../src/sql/tokens.ts'

describe('a default', () => {
  test.each([
    'now()',
    "'x'",
    "E'\\\\'",
    '-1',
    '1.5e3',
    'CURRENT_DATE',
    "'a'::character varying",
    'ARRAY[]::text[]',
    "nextval('s'::regclass)",
    '"ext"."uuid_v7"()',
    '(1 + 1)',
    'true',
  ])('%s stands as written', (sql) => {
    expect(defaultExpression(sql)).toBe(sql)
  })

  test.each([
    '1 + 1',
    "now() at time zone 'utc'",
    "'a' || 'b'",
    "now() + interval '1 day'",
    'a is null',
    'case when true then 1 else 2 end',
    'true::boolean and false',
    "interval '1 day'",
  ])('%s goes into parentheses', (sql) => {
    expect(defaultExpression(sql)).toBe(`(${sql})`)
  })
})

describe('an index element', () => {
  test.each([
    'lower("email")',
    '"name" text_pattern_ops desc nulls last',
    'lower("a") COLLATE "C" "s"."my_ops" ASC',
    '(data ->> $$a)$$) desc',
    '"a" ops (siglen = 8)',
    'to_tsvector(\'english\', "a" || \' \' || "b")',
    'coalesce("a", 1)',
  ])('%s stands as written', (sql) => {
    expect(indexExpression(sql)).toBe(sql)
  })

  test.each([
    '"a"::text',
    'lower("a") || \'x\'',
    '("a") + ("b")',
    'not "a"',
    '"a" in (1, 2)',
    '"a" is not null',
    'case when "a" then 1 end',
    '1 + "a"',
  ])('%s goes into parentheses', (sql) => {
    expect(indexExpression(sql)).toBe(`(${sql})`)
  })
})

test('a closing line comment never swallows what follows', () => {
  expect(inParentheses('a > 0 -- positive')).toBe('(a > 0 -- positive\n)')
  expect(inParentheses("'--'")).toBe("('--')")
  expect(closed('select 1 /* -- */')).toBe('select 1 /* -- */')
})

describe('a text is cut in one way wherever it is read', () => {
  test.each([
    ['a nested comment', '1 /* a /* b */ c */ + 2', ['1', '/* a /* b */ c */', '+', '2']],
    ['a doubled quote', `'it''s' || "a""b"`, [`'it''s'`, '|', '|', '"a""b"']],
    ['an escape string', `E'\\'' || e'x'`, [`E'\\''`, '|', '|', `e'x'`]],
    ['a dollar inside a name', 'a$b$c', ['a$b$c']],
    ['a dollar quote', '$t$;$$;$t$, $1', ['$t$;$$;$t$', ',', '$', '1']],
    ['a string beside a string', "'a' 'b'", ["'a'", "'b'"]],
  ])('%s is cut into the same pieces', (_, sql, pieces) => {
    expect(sqlTokens(sql).map(({ text }) => text)).toEqual(pieces)
    expect(sqlTokens(sql).map(({ at, text }) => sql.slice(at, at + text.length))).toEqual(pieces)
  })
})
