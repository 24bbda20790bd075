import type { SqlTool } from '../../script/ledger-entry.ts'
import { codeRange } from '../../sql/text.ts'
import type { Lookup, Section, Sections } from './migration.ts'
import { replaceVariables } from './placeholders.ts'

/** What of a file's text the tool runs, and how. */
export const sectionsOf: Readonly<
  Record<Exclude<SqlTool, 'drizzle'>, (text: string, lookup: Lookup, file: string) => Sections>
> = {
  prisma: whole,
  'golang-migrate': whole,
  flyway: whole,
  'node-pg-migrate': nodePgMigrate,
  dbmate,
  goose,
  'graphile-migrate': graphileMigrate,
}

const inTransaction = (sql: string): readonly Section[] =>
  codeRange(sql).end === 0 ? [] : [{ sql, inTransaction: true }]

function whole(text: string): Sections {
  return { up: [{ sql: text, inTransaction: true }], down: [] }
}

/** The rest of a marker's line is a comment. */
const withoutLine = (text: string) => text.replace(/^.*(?:\n|$)/, '')

/** The markers come in either order; without the first one all is run. */
function nodePgMigrate(text: string): Sections {
  const position = (word: string) => {
    const found = new RegExp(`^[^\\S\\n]*--[\\s-]*${word}\\s+migration`, 'im').exec(text)
    return found?.index ?? -1
  }
  const [up, down] = [position('up'), position('down')]
  const from = (start: number, other: number) =>
    withoutLine(text.slice(start, other > start ? other : undefined))
  const upgrade = up === -1 ? text.slice(0, down === -1 ? undefined : down) : from(up, down)
  return {
    up: [{ sql: upgrade, inTransaction: true }],
    down: down === -1 ? [] : inTransaction(from(down, up)),
  }
}

/** A file may have several sections; each has its transaction, unless its marker says otherwise. */
function dbmate(text: string): Sections {
  const up = /^--\s*migrate:up(?:\s*$|[^\S\n]+\S+)/m
  const down = /^--\s*migrate:down(?:\s*$|[^\S\n]+\S+)/m
  const starts = [...text.matchAll(new RegExp(up.source, 'gm'))].map(({ index }) => index)
  if (starts.length === 0) return whole(text)
  const section = (marked: string): Section => ({
    sql: withoutLine(marked),
    inTransaction: !/\stransaction:false(?:\s|$)/.test(/^.*/.exec(marked)?.[0] ?? ''),
  })
  const parts = starts.map((start, index) => {
    const part = text.slice(start, starts[index + 1])
    const end = down.exec(part)?.index
    return {
      up: section(part.slice(0, end)),
      down: end === undefined ? [] : section(part.slice(end)),
    }
  })
  return {
    up: parts.map((part) => part.up),
    down: parts.flatMap((part) => part.down).filter(({ sql }) => codeRange(sql).end > 0),
  }
}

const annotation = /^--.*\+goose\s+(.+?)\s*$/i

/** Line by line, as goose reads it: a line that is an annotation is one wherever it stands. */
function goose(text: string, lookup: Lookup, file: string): Sections {
  const parts: Record<'up' | 'down', string[]> = { up: [], down: [] }
  let part: 'up' | 'down' | null = null
  let begun: number | null = null
  let isReplaced = false
  let isOutside = false
  for (const [index, line] of text.split('\n').entries()) {
    const word = annotation.exec(line)?.[1]?.replace(/\s+/g, ' ').toLowerCase()
    if (word === 'up' || word === 'down') part = word
    if (word === 'no transaction') isOutside = true
    if (word === 'envsub on' || word === 'envsub off') isReplaced = word === 'envsub on'
    if (part === null) continue
    if (word === 'statementbegin') begun = parts[part].length
    if (word === 'statementend' && begun !== null) {
      const statement = parts[part].splice(begun).join('\n')
      parts[part].push(ended(statement))
      begun = null
    }
    if (word === undefined)
      parts[part].push(
        isReplaced ? replaceVariables(line, lookup, { file, line: index + 1 }) : line,
      )
  }
  if (part === null) return whole(text)
  const section = (lines: readonly string[]): readonly Section[] => {
    const sql = lines.join('\n')
    return codeRange(sql).end === 0 ? [] : [{ sql, inTransaction: !isOutside }]
  }
  return { up: section(parts.up), down: section(parts.down) }
}

/** A statement between its annotations needs no semicolon. */
function ended(statement: string): string {
  const { end } = codeRange(statement)
  if (end === 0 || statement[end - 1] === ';') return statement
  return `${statement.slice(0, end)};${statement.slice(end)}`
}

/** The headers of a committed file tell its position; the first line below may say that it is no transaction. */
function graphileMigrate(text: string): Sections {
  const body = text.replace(/^(?:--! [A-Z]\w*(?::.*)?\n)+/, '').trim()
  return { up: [{ sql: body, inTransaction: !/^--!\s*no-transaction\b/.test(body) }], down: [] }
}
