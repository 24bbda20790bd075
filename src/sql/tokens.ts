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
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)/u,
  /(?<string>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$(?<tag>(?:[\p{L}_][\p{L}\p{N}_]*)?)\$[\s\S]*?\$\k<tag>\$)/u,
  /(?<quoted>"(?:[^"]|"")*")/u,
  /(?<number>\d[\d.]*(?:[eE][+-]?\d+)?)/u,
  /(?<word>[\p{L}_][\p{L}\p{N}_$]*)/u,
  /(?<open>[([])/u,
  /(?<close>[)\]])/u,
  /(?<symbol>::|[^\s])/u,
]
const TOKEN = new RegExp(PIECES.map((piece) => piece.source).join('|'), 'gu')
const KINDS = ['comment', 'string', 'quoted', 'number', 'word', 'open', 'close', 'symbol'] as const

/** Cuts SQL into tokens, well enough to see its outer shape and the names in it; it never judges the grammar. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = []
  let depth = 0
  for (const match of sql.matchAll(TOKEN)) {
    const kind = KINDS.find((name) => match.groups?.[name] !== undefined) ?? 'symbol'
    if (kind === 'close') depth -= 1
    tokens.push({ kind, text: match[0], at: match.index, depth })
    if (kind === 'open') depth += 1
  }
  return tokens
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
