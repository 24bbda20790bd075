import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { LimbeckError } from '../errors.ts'
import { displayPath } from './display-path.ts'
import { invalidFile } from './invalid-file.ts'
import type { SqlTool } from './ledger-entry.ts'
import { shellWord } from './shell-word.ts'

/** What a tool's files are known by: their names, or a line in them. */
const marks: readonly (readonly [tool: SqlTool, name: RegExp, text: RegExp])[] = [
  ['golang-migrate', /^\d+_.*\.(?:up|down)\.sql$/, /(?:)/],
  ['flyway', /^(?:[VUB]\d[\d._]*|R)__.*\.sql$/, /(?:)/],
  ['dbmate', /\.sql$/, /^--\s*migrate:up/m],
  ['goose', /\.sql$/, /^--\s*\+goose\s/im],
  ['graphile-migrate', /\.sql$/, /^--! (?:Previous|Hash):/m],
  ['node-pg-migrate', /\.sql$/, /^\s*--[\s-]*(?:up|down)\s+migration/im],
]

/** The tool whose migration this is, by its name or its text. */
function foreignTool(file: string, text: string): SqlTool | undefined {
  const base = path.basename(file)
  return marks.find(([, name, line]) => name.test(base) && line.test(text))?.[0]
}

/** The tool whose migrations are in the folder. */
export function foreignToolIn(folder: string): SqlTool | undefined {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return undefined
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    if (existsSync(path.join(file, 'migration.sql'))) return 'prisma'
    if (!name.endsWith('.sql') || !statSync(file).isFile()) continue
    const found = foreignTool(file, readFileSync(file, 'utf8'))
    if (found !== undefined) return found
  }
  return undefined
}

/** What is wrong with a file that is no revision: that it is a migration of another tool, or else `error`. */
export function orForeign(error: unknown, file: string, text: string): unknown {
  if (text.trim() === '' || HEADER_KEY.test(text)) return error
  const folder = path.dirname(file)
  const tool = foreignToolIn(folder)
  if (tool === undefined) return isDrizzleKits(file, text) ? withoutJournal(file) : error
  return invalidFile(
    file,
    1,
    `has no header comment: it is a migration of ${tool}`,
    `Make revisions of all of them: \`npx limbeck import ${tool} ${shellWord(displayPath(folder) || '.')} --into revisions\`, and \`migrations: 'revisions'\` in limbeck.config.ts.`,
  )
}

/** By what drizzle-kit writes into the file, or beside it. */
const isDrizzleKits = (file: string, text: string): boolean =>
  text.includes('--> statement-breakpoint') ||
  (/^\d{4,}_\w+\.sql$/.test(path.basename(file)) &&
    existsSync(path.join(path.dirname(file), 'meta')))

const withoutJournal = (file: string): LimbeckError =>
  invalidFile(
    file,
    1,
    'has no header comment: it is a migration of drizzle-kit, and meta/_journal.json is not beside it',
    'Restore the journal, for example from git, and deploy it with the folder: see .gitignore, .dockerignore and what the build copies.',
  )

const HEADER_KEY = /^--[ \t]*(?:revision|revises|created)[ \t]*:/m
