import { sqlParts } from './text.ts'

/** A lexical piece of SQL. `depth` counts the brackets around it; a bracket has the depth of what is outside. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'comment' | 'open' | 'close' | 'symbol'
  /** As written. */
  readonly text: string
  /** Where it begins. */
  readonly at: number
  readonly depth: number
}

const PIECES = [
  /(?<number>\d[\d.]*(?:[eE][+-]?\d+)?)/u,
  /(?<word>[\p{L}_][\p{L}\p{N}_$]*)/u,
  /(?<open>[([])/u,
  /(?<close>[)\]])/u,
  /(?<symbol>::|[^\s])/u,
]
const TOKEN = new RegExp(PIECES.map((piece) => piece.source).join('|'), 'gu')
const KINDS = ['number', 'word', 'open', 'close', 'symbol'] as const
const OPAQUE = {
  'line comment': 'comment',
  'block comment': 'comment',
  string: 'string',
  identifier: 'quoted',
} as const

/**
 * Cuts SQL into tokens, well enough to see its outer shape and the names in it; it never judges the grammar. Where a
 * comment or a quoted part ends is decided by `sqlParts`, so that all of Limbeck reads a text the same way.
 */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = []
  let depth = 0
  let at = 0
  const readCode = (end: number) => {
    for (const match of sql.slice(at, end).matchAll(TOKEN)) {
      const kind = KINDS.find((name) => match.groups?.[name] !== undefined) ?? 'symbol'
      if (kind === 'close') depth -= 1
      tokens.push({ kind, text: match[0], at: at + match.index, depth })
      if (kind === 'open') depth += 1
    }
  }
  for (const part of sqlParts(sql)) {
    if (part.kind === 'semicolon') continue
    readCode(part.start)
    at = part.end
    const kind = OPAQUE[part.kind]
    const text = sql.slice(part.start, part.end)
    const before = tokens.at(-1)
    if (before !== undefined && belongsTo(before, kind, part.start, text)) {
      tokens[tokens.length - 1] = { ...before, kind, text: before.text + text }
    } else tokens.push({ kind, text, at: part.start, depth })
  }
  readCode(sql.length)
  return tokens
}

/** Whether a part continues the token before it: a doubled quote, or a string behind its `E`. */
function belongsTo(before: SqlToken, kind: SqlToken['kind'], start: number, text: string): boolean {
  if (before.at + before.text.length !== start || kind === 'comment') return false
  if (before.kind === 'word') return kind === 'string' && /^e$/i.test(before.text)
  return before.kind === kind && before.text.at(-1) === text[0]
}

/** `(sql)`, safe also where the SQL ends in a line comment. */
export function inParentheses(sql: string): string {
  return `(${closed(sql)})`
}

/** The SQL such that anything may follow it on the same line: a closing line comment gets its end of line. */
export function closed(sql: string): string {
  const last = sql.includes('--') ? sqlTokens(sql).at(-1) : undefined
  return last?.text.startsWith('--') === true ? `${sql}\n` : sql
}

/** The name an identifier token stands for: unquoted words fold to lower case. */
export function identifierOf(token: SqlToken | undefined): string | undefined {
  if (token?.kind === 'word') return token.text.toLowerCase()
  if (token?.kind === 'quoted') return token.text.slice(1, -1).replaceAll('""', '"')
  return undefined
}
