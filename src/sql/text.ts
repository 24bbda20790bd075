/**
 * A part of SQL text that hides what is inside it, or a `;`. `closed` is false when the text ends before
 * the part does.
 */
export interface SqlPart {
  readonly kind: 'line comment' | 'block comment' | 'string' | 'identifier' | 'semicolon'
  readonly start: number
  readonly end: number
  readonly closed: boolean
}

const INTERESTING = /--|\/\*|['"$;]/g
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const WORD_CHARACTER = /[A-Za-z0-9_$\u0080-\uffff]/

/**
 * The comments, quoted parts and semicolons of SQL text in order, by the lexical rules of PostgreSQL's own
 * scanner (standard_conforming_strings on). `''` inside a string shows as two strings side by side.
 */
export function* sqlParts(sql: string, from = 0): Generator<SqlPart> {
  let at = from
  while (true) {
    INTERESTING.lastIndex = at
    const match = INTERESTING.exec(sql)
    if (match === null) return
    const part = partAt(sql, match.index, match[0])
    at = part?.end ?? match.index + 1
    if (part !== undefined) yield part
  }
}

function partAt(sql: string, start: number, opening: string): SqlPart | undefined {
  if (opening === ';') return { kind: 'semicolon', start, end: start + 1, closed: true }
  if (opening === '--') {
    return { kind: 'line comment', start, end: lineEnd(sql, start), closed: true }
  }
  if (opening === '/*') return { kind: 'block comment', start, ...blockComment(sql, start) }
  if (opening === '"') return { kind: 'identifier', start, ...until(sql, '"', start + 1) }
  if (opening === '$') return dollarQuote(sql, start)
  const string = isEscapeString(sql, start)
    ? escapeString(sql, start + 1)
    : until(sql, "'", start + 1)
  return { kind: 'string', start, ...string }
}

type Ending = Pick<SqlPart, 'end' | 'closed'>

function until(sql: string, closing: string, from: number): Ending {
  const found = sql.indexOf(closing, from)
  return found === -1
    ? { end: sql.length, closed: false }
    : { end: found + closing.length, closed: true }
}

// For PostgreSQL a carriage return ends a line too.
function lineEnd(sql: string, from: number): number {
  const lineBreak = /[\r\n]/g
  lineBreak.lastIndex = from
  return lineBreak.exec(sql)?.index ?? sql.length
}

function blockComment(sql: string, start: number): Ending {
  const edges = /\/\*|\*\//g
  edges.lastIndex = start
  let depth = 0
  for (let edge = edges.exec(sql); edge !== null; edge = edges.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1
    if (depth === 0) return { end: edges.lastIndex, closed: true }
  }
  return { end: sql.length, closed: false }
}

function dollarQuote(sql: string, start: number): SqlPart | undefined {
  // In `a$b$c` the dollars belong to the name.
  if (isWordCharacter(sql, start - 1)) return undefined
  DOLLAR_TAG.lastIndex = start
  const tag = DOLLAR_TAG.exec(sql)?.[0]
  return tag === undefined
    ? undefined
    : { kind: 'string', start, ...until(sql, tag, start + tag.length) }
}

function isEscapeString(sql: string, quote: number): boolean {
  const prefix = sql[quote - 1]
  return (prefix === 'E' || prefix === 'e') && !isWordCharacter(sql, quote - 2)
}

function escapeString(sql: string, from: number): Ending {
  const stops = /\\[\s\S]?|''|'/g
  stops.lastIndex = from
  for (let stop = stops.exec(sql); stop !== null; stop = stops.exec(sql)) {
    if (stop[0] === "'") return { end: stops.lastIndex, closed: true }
  }
  return { end: sql.length, closed: false }
}

function isWordCharacter(sql: string, index: number): boolean {
  return WORD_CHARACTER.test(sql[index] ?? ' ')
}

/** The range from the first to the last character of `sql` that is code: neither space nor comment. */
export function codeRange(sql: string): { readonly start: number; readonly end: number } {
  let start = -1
  let end = 0
  const cover = (from: number, to: number) => {
    const text = sql.slice(from, to)
    if (text.trim() === '') return
    if (start === -1) start = from + text.search(/\S/)
    end = from + text.trimEnd().length
  }
  let at = 0
  for (const part of sqlParts(sql)) {
    cover(at, part.start)
    if (!part.kind.endsWith('comment')) cover(part.start, part.end)
    at = part.end
  }
  cover(at, sql.length)
  return { start: start === -1 ? end : start, end }
}

/** The statement around the character at `index`, without comments at its edges: for messages. */
export function statementAround(sql: string, index: number): string {
  let start = 0
  let end = sql.length
  for (const part of sqlParts(sql)) {
    if (part.kind !== 'semicolon') continue
    if (part.start >= index) {
      end = part.start
      break
    }
    start = part.end
  }
  const statement = sql.slice(start, end)
  const code = codeRange(statement)
  return statement.slice(code.start, code.end)
}
