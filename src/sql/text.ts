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
// PostgreSQL knows no other spaces: a no-break space is part of a word to it, and so a mistake.
const SPACES = ' \t\n\r\f\v'
const NON_SPACE = new RegExp(`[^${SPACES}]`, 'g')
const WORD_CHARACTER = /[A-Za-z0-9_$\u0080-\uffff]/

/**
 * The comments, quoted parts and semicolons of SQL text in order, by the lexical rules of PostgreSQL's own
 * scanner (standard_conforming_strings on). `''` inside a string shows as two strings side by side.
 */
export function* sqlParts(sql: string, from = 0): Generator<SqlPart> {
  for (let part = nextPart(sql, from); part !== null; part = nextPart(sql, part.end)) yield part
}

/** The first part at or after `from`; null where there is none. For what walks many texts: a generator costs as much as the scan. */
export function nextPart(sql: string, from: number): SqlPart | null {
  let at = from
  while (true) {
    INTERESTING.lastIndex = at
    if (!INTERESTING.test(sql)) return null
    const last = INTERESTING.lastIndex - 1
    const start = sql[last] === '-' || sql[last] === '*' ? last - 1 : last
    const part = partAt(sql, start, sql.slice(start, last + 1))
    if (part !== undefined) return part
    at = start + 1
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
  /** The last piece that is not blank. */
  let from = 0
  let to = 0
  const cover = (begin: number, end: number) => {
    NON_SPACE.lastIndex = begin
    if (begin === end || !NON_SPACE.test(sql) || NON_SPACE.lastIndex > end) return
    if (start === -1) start = NON_SPACE.lastIndex - 1
    from = begin
    to = end
  }
  let at = 0
  for (let part = nextPart(sql, 0); part !== null; part = nextPart(sql, at)) {
    const isComment = part.kind === 'line comment' || part.kind === 'block comment'
    cover(at, isComment ? part.start : part.end)
    at = part.end
  }
  cover(at, sql.length)
  let end = to
  while (end > from && SPACES.includes(sql[end - 1] ?? '')) end -= 1
  return { start: start === -1 ? end : start, end }
}

/** The same statement with a space for each comment, so that its first words can be compared. */
export function withoutComments(sql: string): string {
  if (!/--|\/\*/.test(sql)) return sql
  let result = ''
  let at = 0
  for (const { kind, start, end } of sqlParts(sql)) {
    if (kind !== 'line comment' && kind !== 'block comment') continue
    result += `${sql.slice(at, start)} `
    at = end
  }
  return result + sql.slice(at)
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
