import { sqlParts } from '../../sql/text.ts'
import { closed } from '../../sql/tokens.ts'

/** A command of psql: goes on in a new session. */
export const newSession = '\\connect'

/**
 * A statement as psql is to read it from a script: ended, and without `:name` outside quotes, which psql replaces by
 * its variable of that name. A colon takes a space after it: the same tokens for PostgreSQL, no variable for psql.
 */
export function forPsql(statement: string): string {
  if (statement === newSession) return statement
  let result = ''
  let at = 0
  const code = (end: number, next: string) => {
    const text = statement.slice(at, end)
    result += `${text}${next}`
      .replace(/(?<!:):(?=[\w'"{\u0080-\uffff])/g, ': ')
      .slice(0, next ? -1 : undefined)
    at = end
  }
  for (const { kind, start, end } of sqlParts(statement)) {
    if (kind === 'semicolon') continue
    code(start, statement[start] ?? '')
    result += statement.slice(start, end)
    at = end
  }
  code(statement.length, '')
  return `${closed(result)};`
}

/** Text as SQL line comments. */
export function comment(lines: readonly string[]): string {
  return lines.map((line) => `-- ${line.replace(/\s+/g, ' ')}`.trimEnd()).join('\n')
}
