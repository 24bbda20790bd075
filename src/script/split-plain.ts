import { lineAt } from '../sql/line-at.ts'
import { codeRange, nextPart } from '../sql/text.ts'
import type { Statement } from './script.ts'
import type { SqlSource } from './split.ts'

const words = (...alternatives: readonly string[]) => `(?:${alternatives.join('|')})`
const objects = words(
  'TABLE|TYPE|SEQUENCE|VIEW|SCHEMA|DOMAIN|POLICY|TRIGGER|EXTENSION|FUNCTION|PROCEDURE|INDEX',
  'MATERIALIZED\\s+VIEW|UNIQUE\\s+INDEX|OR\\s+REPLACE\\s+(?:VIEW|FUNCTION|PROCEDURE|TRIGGER)',
)

/** Statements that run in a transaction and have no `;` inside, as their first words tell. */
const plain = new RegExp(
  `^${words(
    `(?:CREATE|ALTER|DROP)\\s+${objects}`,
    'COMMENT\\s+ON|GRANT|REVOKE|INSERT\\s+INTO|DELETE\\s+FROM|UPDATE|SELECT|WITH|SET|DO',
  )}\\s`,
  'i',
)

/**
 * The statements of SQL in which scanner and first words leave no doubt where each ends and what it is; null for
 * anything else, which takes the grammar. Whether it is right is for PostgreSQL to say: see `parses`.
 */
export function splitPlain(sql: string, { firstLine = 1 }: SqlSource): readonly Statement[] | null {
  if (/\b(?:CONCURRENTLY|ATOMIC|COPY)\b|\\/i.test(sql)) return null
  const statements: Statement[] = []
  let line = firstLine
  let counted = 0
  let from = 0
  while (from < sql.length) {
    const end = semicolonAfter(sql, from)
    const piece = sql.slice(from, end)
    const code = codeRange(piece)
    if (code.end > 0) {
      const statement = piece.slice(code.start, code.end)
      if (!plain.test(statement)) return null
      const begin = from + code.start
      line += lineAt(sql.slice(counted, begin), Number.POSITIVE_INFINITY) - 1
      counted = begin
      statements.push({ sql: statement, line, kind: { is: 'plain' } })
    }
    from = end + 1
  }
  return statements
}

/** The end of the text where there is none: what ends without one may be incomplete. */
function semicolonAfter(sql: string, from: number): number {
  for (let part = nextPart(sql, from); part !== null; part = nextPart(sql, part.end))
    if (part.kind === 'semicolon') return part.start
  return sql.length
}
