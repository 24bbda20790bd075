import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LimbeckError } from '../errors.ts'
import { sqlParts } from '../sql/text.ts'
import { type DrizzleLayout, isMigrationFolder } from './drizzle-layout.ts'
import { hashText } from './hash.ts'
import { invalidFile } from './invalid-file.ts'
import { readText } from './read-text.ts'
import type { Script, Statement } from './script.ts'
import { needsOwnTransaction } from './units.ts'

/** One migration of drizzle-kit, in the order of its journal or of its folders' names. */
interface Migration {
  readonly name: string
  readonly when: number
  readonly file: string
}

/**
 * The migrations as revisions: a chain, each the parent of the next. Ids are made of the files' text, so that they are the
 * same on every machine. Throws LIMBECK_INVALID_FILE for a journal that cannot be read or lists a file that is missing.
 */
export async function readDrizzleScripts(
  folder: string,
  layout: DrizzleLayout,
  names: readonly string[],
): Promise<readonly Script[]> {
  const migrations =
    layout === 'journal'
      ? await readJournal(folder)
      : listFolders(folder, names.filter(isMigrationFolder))
  const scripts: Script[] = []
  const ids = new Set<string>()
  for (const migration of migrations) {
    const text = await readText(migration.file)
    // Two migrations may have the same text, as two custom ones that are still empty do.
    const own = idOf(text)
    const id = ids.has(own) ? idOf(`${migration.name}\n${text}`) : own
    ids.add(id)
    scripts.push(await toScript(migration, text, id, scripts.at(-1)?.id))
  }
  return scripts
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

const idOf = (text: string) => sha256(text).slice(0, 12)

async function toScript(
  { name, when, file }: Migration,
  text: string,
  id: string,
  parent: string | undefined,
): Promise<Script> {
  return {
    id,
    parents: parent === undefined ? [] : [parent],
    dependsOn: [],
    labels: [],
    file,
    kind: 'sql',
    format: 'drizzle',
    ledger: { tool: 'drizzle', name, when, hashes: await ledgerHashes(file, text) },
    message: name,
    created: `${new Date(when).toISOString().slice(0, 19)}Z`,
    transactional: await fitsTransaction(file, text),
    irreversible: 'drizzle-kit writes no downgrade',
    compatible: null,
    fresh: null,
    models: null,
  }
}

/** drizzle hashes the file as it is on disk, whatever its line ends. */
async function ledgerHashes(file: string, text: string): Promise<readonly string[]> {
  const raw = (await readFile(file)).toString()
  const others = [text, text.replaceAll('\n', '\r\n')].map(sha256)
  return [...new Set([sha256(raw), ...others, hashText(text)])]
}

/** Statements that end the transaction of a revision or that PostgreSQL refuses in one, as their first words tell. */
const mayNotFit =
  /\bconcurrently\b|(?:^|;)\s*(?:vacuum|cluster|reindex|begin|start|commit|end|rollback|abort|prepare|alter\s+(?:system|database|subscription)|(?:create|drop)\s+(?:database|tablespace|subscription))\b/i

/** Whether all of it may run in one transaction. The grammar is only asked where a word says that it may not. */
export async function fitsTransaction(file: string, text: string): Promise<boolean> {
  const pieces = splitAtBreakpoints(text)
  if (!pieces.some(({ sql }) => mayNotFit.test(codeOf(sql)))) return true
  const { splitSql } = await import('./split.ts')
  for (const { sql, firstLine } of pieces) {
    const statements = await splitSql(sql, { file, firstLine })
    if (statements.some(needsOwnTransaction)) return false
  }
  return true
}

/** The text without comments, strings and quoted names. */
function codeOf(text: string): string {
  let code = ''
  let at = 0
  for (const { kind, start, end } of sqlParts(text)) {
    if (kind === 'semicolon') continue
    code += text.slice(at, start)
    at = end
  }
  return code + text.slice(at)
}

/** A piece of a migration that drizzle sends by itself. */
export interface Piece {
  readonly sql: string
  /** 1-based line of the file on which it begins. */
  readonly firstLine: number
}

const breakpoint = '--> statement-breakpoint'

/** The pieces between the breakpoints; a marker inside of a string or a function body does not count. */
export function splitAtBreakpoints(written: string): readonly Piece[] {
  const text = withoutPullComment(written)
  const pieces: Piece[] = []
  let start = 0
  let firstLine = 1
  const add = (end: number) => {
    const sql = text.slice(start, end)
    pieces.push({ sql, firstLine })
    firstLine += sql.split('\n').length - 1
    start = end
  }
  for (const part of sqlParts(text, 0)) {
    if (part.kind !== 'line comment' || !text.startsWith(breakpoint, part.start)) continue
    add(part.start)
  }
  add(text.length)
  return pieces
}

/**
 * `drizzle-kit pull` comments out what it found, since that database has it. A database without it needs it: only there is the
 * migration pending. The comment's marks become blanks, so that lines and positions stay.
 */
function withoutPullComment(text: string): string {
  const from = pulled.exec(text)?.[0].length
  const to = text.lastIndexOf('*/')
  if (from === undefined || to < from) return text
  return `${text.slice(0, from - 2)}  ${text.slice(from, to)}  ${text.slice(to + 2)}`
}

const pulled =
  /^\s*-- Current sql file was generated after introspecting\b[^\n]*\n(?:\s*--[^\n]*\n)*\s*\/\*/

/**
 * drizzle begins a transaction before a file and commits it after the last one. A file that commits by itself leans on that:
 * whether a BEGIN is missing in front of it, and a COMMIT behind it.
 */
export function missingEnds(statements: readonly Statement[]): {
  readonly begin: boolean
  readonly commit: boolean
} {
  const ends = statements.flatMap(({ kind }) => (kind.is === 'transaction' ? kind.does : []))
  const begin = ends[0] === 'commit' || ends[0] === 'rollback'
  return { begin, commit: ends.at(-1) === 'begin' }
}

async function readJournal(folder: string): Promise<readonly Migration[]> {
  const file = join(folder, 'meta', '_journal.json')
  const { dialect, entries } = parseJournal(file, await readText(file))
  if (dialect !== undefined && dialect !== 'postgresql' && dialect !== 'pg')
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `the drizzle-kit folder ${folder} is for ${dialect}, not for PostgreSQL`,
      { file, hint: 'Name the folder of the PostgreSQL migrations as `migrations`.' },
    )
  return entries.map(({ tag, when }) => {
    const migration = { name: tag, when, file: join(folder, `${tag}.sql`) }
    if (existsSync(migration.file)) return migration
    throw invalidFile(
      file,
      undefined,
      `lists ${tag}, but there is no file ${tag}.sql`,
      `Restore ${tag}.sql, for example from git: a database that has run it cannot be told apart without it.`,
    )
  })
}

interface Journal {
  readonly dialect?: string
  readonly entries: readonly { readonly tag: string; readonly when: number }[]
}

function parseJournal(file: string, text: string): Journal {
  try {
    const { entries, dialect } = JSON.parse(text) as Partial<Journal>
    const isEntry = ({ tag, when }: { tag?: unknown; when?: unknown }) =>
      typeof tag === 'string' && typeof when === 'number'
    if (Array.isArray(entries) && entries.every(isEntry))
      return { entries, ...(dialect === undefined ? {} : { dialect }) }
  } catch (cause) {
    const hint = /^(<<<<<<<|=======|>>>>>>>)/m.test(text)
      ? 'It holds the markers of a merge conflict: keep the entries of both sides.'
      : 'Restore it, for example from git.'
    throw invalidFile(file, undefined, 'is not JSON', hint, cause)
  }
  throw invalidFile(file, undefined, 'is not a journal of drizzle-kit', 'Restore it from git.')
}

function listFolders(folder: string, names: readonly string[]): readonly Migration[] {
  return names
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({ name, when: timeOf(name), file: join(folder, name, 'migration.sql') }))
}

function timeOf(name: string): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? []
  )
    .slice(1)
    .map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
