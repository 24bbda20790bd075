import type { ParseResult } from 'libpg-query'
import { LimbeckError } from '../errors.ts'
import { concealSecrets } from '../sql/conceal-secrets.ts'
import { lineAt } from '../sql/line-at.ts'
import { codeRange, statementAround } from '../sql/text.ts'
import { withoutSecrets } from '../sql/without-secrets.ts'
import { loadGrammar } from './grammar.ts'
import { invalidFile, locationOf } from './invalid-file.ts'
import type { Statement } from './script.ts'
import { statementKind } from './statement-kind.ts'

/** Where a piece of SQL text comes from. */
export interface SqlSource {
  readonly file: string
  /** 1-based line of the file on which the text begins; 1 unless given. */
  readonly firstLine?: number
}

/** Cuts SQL text into statements. */
export type Split = (sql: string, source: SqlSource) => Promise<readonly Statement[]>

/**
 * The statements of `sql`, cut by PostgreSQL's own grammar; none when there are only spaces and comments.
 * Throws LIMBECK_SQL_SYNTAX with file, line, statement and PostgreSQL's message, and LIMBECK_INVALID_FILE
 * for what only psql understands (`\` commands, COPY from STDIN) and for text that ends in mid statement.
 */
export async function splitSql(sql: string, source: SqlSource): Promise<readonly Statement[]> {
  if (codeRange(sql).end === 0) return []
  const { parse } = await loadGrammar()
  const tree = await parse(sql).catch(async (cause) => {
    throw await syntaxError(sql, source, cause, parse)
  })
  const offsets = byteOffsets(sql)
  let line = source.firstLine ?? 1
  let counted = 0
  let ended = 0
  const statements: Statement[] = []
  for (const { stmt, stmt_location: from = 0, stmt_len: length } of tree.stmts ?? []) {
    if (stmt === undefined) continue
    const begin = offsets(from)
    const text = sql.slice(begin, length ? offsets(from + length) : sql.length)
    const code = codeRange(text)
    line += lineAt(sql.slice(counted, begin + code.start), Number.POSITIVE_INFINITY) - 1
    counted = begin + code.start
    const statement: Statement = {
      sql: text.slice(code.start, code.end),
      line,
      kind: statementKind(stmt),
      ...(isRerunnable(sql.slice(ended, begin + code.start), ended === 0)
        ? { rerunnable: true as const }
        : {}),
    }
    if ('CopyStmt' in stmt && stmt.CopyStmt.filename === undefined) throw copyRefused(source, line)
    ended = begin + code.end
    statements.push(statement)
  }
  return statements
}

/** Whether the grammar takes a statement: in a tenth of the memory that its tree takes. */
export async function takes(sql: string): Promise<boolean> {
  const { fingerprint } = await loadGrammar()
  return await fingerprint(sql).then(
    () => true,
    () => false,
  )
}

/** What stands behind the statement before, on its line, speaks of that one. */
function isRerunnable(above: string, isFirst: boolean): boolean {
  return /\n[ \t]*--[ \t]*rerunnable\b/i.test(isFirst ? `\n${above}` : above)
}

// PostgreSQL counts UTF-8 bytes, and asks for ever larger ones: so the text is walked only once.
function byteOffsets(sql: string): (byte: number) => number {
  if (/^[\0-\x7f]*$/.test(sql)) return (byte) => byte
  let bytes = 0
  let index = 0
  return (byte) => {
    while (bytes < byte && index < sql.length) {
      const point = sql.codePointAt(index) ?? 0
      bytes += bytesOf(point)
      index += point < 0x10000 ? 1 : 2
    }
    return index
  }
}

/** Of a character in UTF-8. */
function bytesOf(point: number): number {
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x10000 ? 3 : 4
}

type Parse = (sql: string) => Promise<ParseResult>

async function syntaxError(sql: string, source: SqlSource, cause: unknown, parse: Parse) {
  const index = errorIndex(sql, cause)
  const statement = statementAround(sql, index)
  concealSecrets(cause, statement)
  const reason = cause instanceof Error ? cause.message : String(cause)
  const line = lineOf(sql, index, source)
  const copy = await copyBefore(sql, index, parse)
  if (copy !== undefined) return copyRefused(source, lineOf(sql, copy, source))
  if (sql[index] === '\\') {
    return invalidFile(
      source.file,
      line,
      `"${sql.slice(index).split(/\s/, 1)[0]}" is a command of psql, not SQL`,
      'Revisions run without psql: put the SQL itself here.',
      cause,
    )
  }
  if (/ at end of input$/.test(reason)) {
    return invalidFile(
      source.file,
      lineOf(sql, codeRange(sql).end, source),
      'ends in the middle of a statement: it looks half-written',
      'Finish the statement and end it with ";".',
      cause,
    )
  }
  return new LimbeckError('LIMBECK_SQL_SYNTAX', `${locationOf(source.file, line)}: ${reason}`, {
    cause,
    file: source.file,
    line,
    statement: shorten(withoutSecrets(statement)),
    sqlstate: '42601',
    hint: "Correct the statement; PostgreSQL's own parser (version 18) has read it.",
  })
}

function lineOf(sql: string, index: number, { firstLine = 1 }: SqlSource): number {
  return firstLine + lineAt(sql, index) - 1
}

// The cursor counts whole characters, where JavaScript counts an emoji as two.
function errorIndex(sql: string, cause: unknown): number {
  const details = (cause as { sqlDetails?: { cursorPosition?: number } } | null)?.sqlDetails
  let index = 0
  for (let count = details?.cursorPosition ?? 0; count > 0 && index < sql.length; count--) {
    index += (sql.codePointAt(index) ?? 0) < 0x10000 ? 1 : 2
  }
  return index
}

/** Index of a COPY whose inline data made the parser stumble at `index`. */
async function copyBefore(sql: string, index: number, parse: Parse): Promise<number | undefined> {
  for (const match of sql.slice(0, index).matchAll(/^[ \t]*copy\b[^;]*\bstd(in|out)\b[^;]*;/gim)) {
    const text = sql.slice(0, match.index + match[0].length)
    const tree = await parse(text).catch(() => undefined)
    const last = tree?.stmts?.at(-1)?.stmt
    if (last !== undefined && 'CopyStmt' in last) return match.index
  }
  return undefined
}

/** The error for a COPY that only psql can feed. */
export function copyRefused({ file }: SqlSource, line: number): LimbeckError {
  return invalidFile(
    file,
    line,
    'COPY from STDIN or to STDOUT needs a client that feeds it',
    'Write INSERT statements, or load the rows in a .ts revision.',
  )
}

function shorten(statement: string): string {
  return statement.length <= 300 ? statement : `${statement.slice(0, 300)}…`
}
