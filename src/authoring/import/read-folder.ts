import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LimbeckError } from '../../errors.ts'
import { missingEnds, readDrizzleScripts, splitAtBreakpoints } from '../../script/drizzle-folder.ts'
import { drizzleLayout } from '../../script/drizzle-layout.ts'
import type { SqlTool } from '../../script/ledger-entry.ts'
import { readText } from '../../script/read-text.ts'
import { splitSql } from '../../script/split.ts'
import { codeRange } from '../../sql/text.ts'
import type { ForeignMigration } from './migration.ts'

/** Reads the migrations of a tool in its order. Throws LIMBECK_FOLDER_EMPTY where there is none. */
export async function readForeignFolder(
  tool: SqlTool,
  folder: string,
): Promise<readonly ForeignMigration[]> {
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : []
  const migrations =
    tool === 'drizzle' ? await readDrizzle(folder, names) : await readOthers(tool, folder, names)
  if (migrations.length > 0) return migrations
  throw new LimbeckError('LIMBECK_FOLDER_EMPTY', `there is no migration of ${tool} in ${folder}`, {
    file: folder,
    hint: `Name the folder: \`npx limbeck import ${tool} <folder>\`.`,
  })
}

async function readDrizzle(folder: string, names: readonly string[]): Promise<ForeignMigration[]> {
  const layout = drizzleLayout(folder, names)
  const scripts = layout === null ? [] : await readDrizzleScripts(folder, layout, names)
  const migrations: ForeignMigration[] = []
  for (const { file, message, created, transactional, ledger } of scripts) {
    const text = await readText(file)
    if (ledger === undefined) continue
    const written = splitAtBreakpoints(text)
      .map(({ sql }) => ended(sql.replace(/^--> statement-breakpoint[ \t]*\n?/, '')))
      .join('')
    const upgrade = transactional ? written : await withEnds(written, file)
    migrations.push({ message, created, upgrade, downgrade: null, transactional, ledger, text })
  }
  return migrations
}

/** Here a file that is no transaction stands for itself. */
async function withEnds(upgrade: string, file: string): Promise<string> {
  const { begin, commit } = missingEnds(await splitSql(upgrade, { file }))
  return `${begin ? 'BEGIN;\n' : ''}${upgrade}${commit ? '\nCOMMIT;' : ''}`
}

/** drizzle sends each piece by itself, so that the last statement of it needs no semicolon. */
function ended(piece: string): string {
  const { end } = codeRange(piece)
  return end === 0 || piece[end - 1] === ';' ? piece : `${piece.slice(0, end)};${piece.slice(end)}`
}

/** How a tool names its files and marks the two bodies in them. */
interface Format {
  readonly file: RegExp
  /** The name in the ledger, of what `file` has matched. */
  readonly name: (match: RegExpExecArray) => string
  readonly up: RegExp | null
  readonly down: RegExp | null
  /** Where the downgrade is a file of its own. */
  readonly downFile?: (name: string) => string
  readonly outside?: RegExp
  /** Where the migration is a folder: the file in it. */
  readonly inside?: string
}

const plainNumber = (match: RegExpExecArray) => String(BigInt(match[1] ?? '0'))
const first = (match: RegExpExecArray) => match[1] ?? ''

const formats: Readonly<Record<Exclude<SqlTool, 'drizzle'>, Format>> = {
  prisma: {
    file: /^(\d{14}_.+|\d+_.+)$/,
    name: first,
    up: null,
    down: null,
    inside: 'migration.sql',
  },
  'node-pg-migrate': {
    file: /^(\d+[_-].+)\.sql$/,
    name: first,
    up: /^--\s*up migration.*$/im,
    down: /^--\s*down migration.*$/im,
  },
  dbmate: {
    file: /^(\d+)_.*\.sql$/,
    name: first,
    up: /^--\s*migrate:up.*$/m,
    down: /^--\s*migrate:down.*$/m,
    outside: /^--\s*migrate:up.*transaction:false/m,
  },
  'golang-migrate': {
    file: /^(\d+)_.*\.up\.sql$/,
    name: plainNumber,
    up: null,
    down: null,
    downFile: (name) => name.replace(/\.up\.sql$/, '.down.sql'),
  },
  goose: {
    file: /^(\d+)_.*\.sql$/,
    name: plainNumber,
    up: /^--\s*\+goose up.*$/im,
    down: /^--\s*\+goose down.*$/im,
    outside: /^--\s*\+goose no transaction/im,
  },
  flyway: {
    file: /^V([\d._]+)__.*\.sql$/,
    name: (match) => first(match).replaceAll('_', '.'),
    up: null,
    down: null,
    downFile: (name) => name.replace(/^V/, 'U'),
  },
  'graphile-migrate': { file: /^(\d{6}.*\.sql)$/, name: first, up: null, down: null },
}

async function readOthers(
  tool: Exclude<SqlTool, 'drizzle'>,
  folder: string,
  names: readonly string[],
): Promise<readonly ForeignMigration[]> {
  const format = formats[tool]
  const found = names.flatMap((name) => {
    const match = format.file.exec(name)
    const file = join(folder, name, format.inside ?? '')
    return match !== null && existsSync(file) ? [{ name, file, known: format.name(match) }] : []
  })
  // A version is a number, or numbers: 10 comes after 9.
  const order = new Intl.Collator('en', { numeric: true })
  const sorted = found.toSorted((a, b) => order.compare(a.known, b.known))
  return await Promise.all(sorted.map((each) => readOne(tool, folder, each)))
}

async function readOne(
  tool: Exclude<SqlTool, 'drizzle'>,
  folder: string,
  { name, file, known }: { readonly name: string; readonly file: string; readonly known: string },
): Promise<ForeignMigration> {
  const { up, down, downFile, outside } = formats[tool]
  const text = await readText(file)
  const undo = downFile && join(folder, downFile(name))
  const [upgrade, downgrade] = bodies(text, up, down)
  return {
    message: name.replace(/\.sql$|\.up\.sql$/, ''),
    created: createdBy(name),
    upgrade,
    downgrade: undo && existsSync(undo) ? await readText(undo) : downgrade,
    transactional: !outside?.test(text) && !/\bconcurrently\b/i.test(upgrade),
    ledger: { tool, name: known, when: null, hashes: hashesOf(tool, await readFile(file)) },
    text,
  }
}

/** What the tool itself keeps of the file, to tell an edit. */
function hashesOf(tool: SqlTool, content: Buffer): readonly string[] {
  if (tool === 'prisma') return [createHash('sha256').update(content).digest('hex')]
  const text = content.toString()
  if (tool === 'flyway') return [String(flywayChecksum(text))]
  const hash = tool === 'graphile-migrate' && /^--! Hash: (sha1:[0-9a-f]{40})$/m.exec(text)?.[1]
  return hash ? [hash] : []
}

/** CRC-32 of the lines without their ends, as Java's signed integer. */
function flywayChecksum(text: string): number {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
  let crc = -1
  for (const byte of Buffer.from(lines.join(''))) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc
}

/** What stands below each marker; all of it is the upgrade where there is none. */
function bodies(text: string, up: RegExp | null, down: RegExp | null): [string, string | null] {
  const upAt = up?.exec(text)
  const downAt = down?.exec(text)
  const start = upAt ? upAt.index + upAt[0].length : 0
  const upgrade = text.slice(start, downAt?.index ?? text.length)
  const undo = downAt ? text.slice(downAt.index + downAt[0].length).trim() : ''
  return [upgrade, codeRange(undo).end === 0 ? null : undo]
}

/** Of a name that begins with a date and a time; anything else says no date. */
function createdBy(name: string): string | null {
  const match = /(?:^|\D)(20\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
  return Number.isNaN(Date.parse(text)) ? null : text
}
