import { didYouMean } from '../did-you-mean.ts'
import { LimbeckError } from '../errors.ts'
import { lineAt } from '../sql/line-at.ts'
import { codeRange, nextPart, type SqlPart } from '../sql/text.ts'
import { bundledFile } from './bundle.ts'
import { hashRevision } from './hash.ts'
import { invalidFile } from './invalid-file.ts'
import { textOf } from './kept-text.ts'
import { readText } from './read-text.ts'
import type { Script, SqlBodies, Statement } from './script.ts'
import { copyRefused, type Split, splitSql } from './split.ts'
import { checkFitsTransaction, unitsOf } from './units.ts'

/** Tells no statements apart: for a body of which nothing is to run. */
export const inOnePiece: Split = async (sql, { firstLine = 1 }) =>
  codeRange(sql).end === 0 ? [] : [{ sql, line: firstLine, kind: { is: 'plain' } }]

/**
 * Both bodies of a `.sql` revision, split into statements; both empty for a skeleton or a merge.
 * Throws LIMBECK_INVALID_FILE for a half-written file, an upgrade without its downgrade, or a statement that
 * cannot run the way the header says, and LIMBECK_SQL_SYNTAX for SQL that PostgreSQL cannot parse.
 */
export async function readSqlBodies(script: Script, split: Split = splitSql): Promise<SqlBodies> {
  const { file } = script
  const bundled = bundledFile(file)?.bodies
  if (bundled) return bundled
  if (script.format === 'drizzle')
    return await readDrizzleBodies(script, await readText(file), split)
  const { text, ...header } = await textOf(script)
  checkUnchanged(script, header.script)
  const sections = findSections(file, text, header.bodyStart)
  const cut = cutFor(header.script, split)
  const read = ({ start, end }: Section) =>
    cut(text.slice(start, end), { file, firstLine: lineAt(text, start) })
  const upgrade = await read(sections.upgrade)
  const downgrade = sections.downgrade === undefined ? [] : await read(sections.downgrade)
  checkDowngrade(header.script, text, sections, upgrade, downgrade)
  checkUnits(header.script, upgrade)
  checkUnits(header.script, downgrade)
  const downgradeSql = text.slice(sections.downgrade?.start ?? text.length).trim()
  return { upgrade, downgrade, downgradeSql, hash: hashRevision('sql', text) }
}

/** What drizzle-kit writes is an upgrade only, in pieces that are sent one by one. */
async function readDrizzleBodies(script: Script, text: string, split: Split): Promise<SqlBodies> {
  const { missingEnds, splitAtBreakpoints } = await import('./drizzle-folder.ts')
  const { file } = script
  const cut = cutFor(script, split)
  const written: Statement[] = []
  for (const { sql, firstLine } of splitAtBreakpoints(text))
    written.push(...(await cut(sql, { file, firstLine })))
  const missing = missingEnds(written)
  const upgrade = [
    ...(missing.begin ? [endOf('BEGIN', 1)] : []),
    ...written,
    ...(missing.commit ? [endOf('COMMIT', written.at(-1)?.line ?? 1)] : []),
  ]
  if (split !== inOnePiece) checkUnits(script, upgrade)
  return { upgrade, downgrade: [], downgradeSql: '', hash: hashRevision('sql', text) }
}

const endOf = (sql: 'BEGIN' | 'COMMIT', line: number): Statement => ({
  sql,
  line,
  kind: { is: 'transaction', does: sql === 'BEGIN' ? 'begin' : 'commit' },
})

/** What a statement of a `transaction: none` body is, the grammar alone can tell. */
function cutFor({ transactional }: Script, split: Split): Split {
  return transactional || split === inOnePiece ? split : splitSql
}

function checkUnits({ file, transactional }: Script, statements: readonly Statement[]): void {
  if (!transactional) unitsOf(file, statements)
  else for (const statement of statements) checkFitsTransaction(file, statement)
}

interface Section {
  readonly start: number
  readonly end: number
}

interface Sections {
  readonly upgrade: Section
  readonly downgrade: Section | undefined
}

// The graph was planned from the header that was read before.
function checkUnchanged(planned: Script, found: Script): void {
  if (planned.id === found.id && planned.parents.join() === found.parents.join()) return
  throw new LimbeckError(
    'LIMBECK_INVALID_FILE',
    `${planned.file}: changed while Limbeck was running`,
    {
      file: planned.file,
      revision: planned.id,
      hint: 'Run the command again.',
    },
  )
}

/** Markers count where PostgreSQL's scanner sees a comment, alone on its line. */
function findSections(file: string, text: string, bodyStart: number): Sections {
  let downgrade: { readonly from: number; readonly start: number } | undefined
  for (let part = nextPart(text, bodyStart); part !== null; part = nextPart(text, part.end)) {
    if (!part.closed) throw copyData(file, text, bodyStart, part) ?? unclosed(file, text, part)
    if (part.kind !== 'line comment' || !isAlone(text, part.start)) continue
    const comment = text.slice(part.start, part.end).trimEnd()
    if (!looksLikeMarker(comment)) continue
    const line = lineAt(text, part.start)
    if (!/^--[ \t]*\+(up|down)grade$/.test(comment)) {
      const hint = 'The markers are "-- +upgrade" and "-- +downgrade", each alone on its line.'
      throw invalidFile(file, line, `"${comment}" is not a marker`, hint)
    }
    if (comment.endsWith('+upgrade') || downgrade !== undefined) {
      const hint = 'Write "-- +upgrade" and "-- +downgrade" once each, in this order.'
      throw invalidFile(file, line, `a second "${comment}"`, hint)
    }
    downgrade = { from: part.start, start: Math.min(part.end + 1, text.length) }
  }
  return {
    upgrade: { start: bodyStart, end: downgrade?.from ?? text.length },
    downgrade: downgrade && { start: downgrade.start, end: text.length },
  }
}

/** `-- + anything` is a comment; one word that is nearly a marker is a mistyped one. */
function looksLikeMarker(comment: string): boolean {
  const [, space, word = '', rest] = /^--[ \t]*\+([ \t]*)([a-z]+)(.*)$/is.exec(comment) ?? []
  if (rest?.trim() && space) return false
  return (
    /^(?:up|down)(?:grade)?$/i.test(word) || didYouMean(word, ['upgrade', 'downgrade']) !== null
  )
}

/** Data of a COPY have quotes of their own: the scanner sees a string that begins in them. */
function copyData(file: string, text: string, bodyStart: number, part: SqlPart) {
  const before = text.slice(bodyStart, part.start)
  const copy = [...before.matchAll(/^[ \t]*copy\b[^;]*\bfrom\s+stdin\b[^;]*;/gim)].at(-1)
  return copy && copyRefused({ file }, lineAt(text, bodyStart + copy.index))
}

function isAlone(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
}

function unclosed(file: string, text: string, part: SqlPart) {
  return invalidFile(
    file,
    lineAt(text, part.start),
    `the ${part.kind} that begins here never ends: the file looks half-written`,
    'Close it, or restore the whole file.',
  )
}

function checkDowngrade(
  script: Script,
  text: string,
  sections: Sections,
  upgrade: readonly Statement[],
  downgrade: readonly Statement[],
): void {
  if (script.irreversible !== null) return
  const hint =
    'Write below "-- +downgrade" what undoes the upgrade, or "-- irreversible: <reason>" in the header.'
  if (sections.downgrade === undefined) {
    const last = lineAt(text, text.trimEnd().length)
    const fact = 'ends without a "-- +downgrade" marker: it looks half-written'
    throw invalidFile(script.file, last, fact, hint)
  }
  if (upgrade.length > 0 && downgrade.length === 0) {
    const line = lineAt(text, sections.downgrade.start) - 1
    throw invalidFile(script.file, line, 'the downgrade of this upgrade is empty', hint)
  }
}
