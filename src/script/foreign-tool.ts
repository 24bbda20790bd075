import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { SqlTool } from './ledger-entry.ts'

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
export function foreignTool(file: string, text: string): SqlTool | undefined {
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
