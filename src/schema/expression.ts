import { inParentheses, type SqlToken, sqlTokens } from '../sql/tokens.ts'

/** What may follow the expression of an index element: COLLATE, operator class, order. */
const INDEX_OPTIONS =
  /^(?:COLLATE N (?:\. N )*)?(?:N (?:\. N )*(?:\( \) )?)?(?:(?:ASC|DESC) )?(?:NULLS (?:FIRST|LAST) )?$/
const ORDER_WORDS = new Set(['COLLATE', 'ASC', 'DESC', 'NULLS', 'FIRST', 'LAST'])
/** Words that begin an expression for which PostgreSQL wants parentheses, though it looks like a name or a call. */
const NOT_A_NAME = new Set(['NOT', 'CASE', 'ROW', 'EXISTS', 'ARRAY', 'NULL', 'TRUE', 'FALSE'])
/** Operators that are spelled as words, so that `a IN (1)` is not taken for a name with an operator class. */
const OPERATOR_WORDS = new Set(
  'AND OR NOT IN IS ISNULL NOTNULL LIKE ILIKE SIMILAR BETWEEN AT OVERLAPS COLLATE'.split(' '),
)

/** Most defaults: a number, a string, a name or an empty call. Known without cutting the SQL into tokens. */
const PLAIN_VALUE = /^(?:-?\d[\d.]*|'(?:[^']|'')*'|[A-Za-z_]\w*(?:\(\))?)$/

/**
 * A DEFAULT clause's expression: as written where it is one value, with or without a cast,
 * else in parentheses, since PostgreSQL's grammar takes no AND, no AT TIME ZONE and no IS there.
 */
export function defaultExpression(sql: string): string {
  if (PLAIN_VALUE.test(sql)) return sql
  const tokens = sqlTokens(sql)
  if (tokens.some((token) => token.kind === 'comment')) return inParentheses(sql)
  const signed = tokens[0]?.text === '-' || tokens[0]?.text === '+'
  const rest = tokens.slice(operandLength(tokens, signed ? 1 : 0))
  const isCast = rest[0]?.text === '::' && rest.every(isTypeToken)
  return rest.length === 0 || isCast ? sql : inParentheses(sql)
}

/**
 * An index element's expression, with its operator class and order if the SQL names them. Put in parentheses
 * only where PostgreSQL demands it, so that `lower(email) text_pattern_ops desc` stays what it is.
 */
export function indexExpression(sql: string): string {
  const tokens = sqlTokens(sql)
  const first = tokens[0]
  const startsLikeElement =
    first !== undefined &&
    (first.text === '(' || isName(first)) &&
    !NOT_A_NAME.has(first.text.toUpperCase())
  if (!startsLikeElement) return inParentheses(sql)
  const rest = tokens.slice(operandLength(tokens, 0)).filter((token) => token.depth === 0)
  return INDEX_OPTIONS.test(rest.map(shapeOf).join('')) ? sql : inParentheses(sql)
}

/** How many tokens the value at `start` takes: a literal, a bracket, a name, or a call. */
function operandLength(tokens: readonly SqlToken[], start: number): number {
  const first = tokens[start]
  if (first === undefined) return 0
  if (first.kind === 'string' || first.kind === 'number') return start + 1
  if (first.text === '(') return afterBracket(tokens, start)
  if (!isName(first)) return start
  let next = start + 1
  while (tokens[next]?.text === '.') next += 2
  return tokens[next]?.kind === 'open' ? afterBracket(tokens, next) : next
}

function afterBracket(tokens: readonly SqlToken[], open: number): number {
  const depth = tokens[open]?.depth
  const close = tokens.findIndex(
    (token, at) => at > open && token.kind === 'close' && token.depth === depth,
  )
  return close === -1 ? tokens.length : close + 1
}

function isName(token: SqlToken): boolean {
  return token.kind === 'word' || token.kind === 'quoted'
}

function isTypeToken(token: SqlToken): boolean {
  if (token.depth > 0 || token.kind === 'open' || token.kind === 'close') return true
  if (isName(token)) return !isOperator(token)
  return token.text === '::' || token.text === '.'
}

function isOperator(token: SqlToken): boolean {
  return token.kind === 'word' && OPERATOR_WORDS.has(token.text.toUpperCase())
}

function shapeOf(token: SqlToken): string {
  const word = token.text.toUpperCase()
  if (token.kind === 'word' && ORDER_WORDS.has(word)) return `${word} `
  return isName(token) && !isOperator(token) ? 'N ' : `${token.text} `
}
