import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isModule } from '../../config/module-name.ts'
import { LimbeckError } from '../../errors.ts'
import { foreignToolIn } from '../../script/foreign-tool.ts'
import { isBaseline, type LedgerTool } from '../../script/ledger-entry.ts'
import { loadRevisions } from '../../script/revisions.ts'

/** What the folder has already, as after an import. */
export interface Begun {
  readonly any: boolean
  /** The tool whose ledger can be kept in step with them. */
  readonly tool: LedgerTool | undefined
  /** Migrations of another tool, which can be imported. */
  readonly foreign: { readonly tool: LedgerTool; readonly folder: string } | undefined
  /** Migrations that cannot be imported: what they have made can be. */
  readonly code: ForeignCode | undefined
}

/** Migrations that are code, or of a tool whose files are not read here. */
export interface ForeignCode {
  readonly tool: string
  readonly folder: string
  /** Its record is taken over where a baseline was written from a database that has it. */
  readonly isAdopted: boolean
}

/** Folders in which tools with SQL files keep them. */
const foreignFolders = ['prisma/migrations', 'db/migrations', 'migrations/committed', 'migrations']

export function foreignHistory(root: string): Begun['foreign'] {
  for (const folder of foreignFolders) {
    const tool = foreignToolIn(resolve(root, folder))
    if (tool !== undefined) return { tool, folder }
  }
  return undefined
}

const codeFolders = ['migrations', 'src/migrations', 'db/migrations', 'src/db/migrations'].concat([
  'database/migrations',
  'src/database/migrations',
  'migration',
  'src/migration',
])

/** What a tool's migrations are known by, in their text. */
const marks: readonly (readonly [tool: string, text: RegExp, isAdopted: boolean])[] = [
  ['kysely', /['"]kysely['"]/, true],
  ['typeorm', /\bMigrationInterface\b|\bqueryRunner\b/, true],
  ['MikroORM', /['"]@mikro-orm\/migrations/, false],
  ['Sequelize', /\bqueryInterface\b/, false],
  ['db-migrate', /\bdb\.runSql\b|\bdbmigrate\b|['"]db-migrate/, false],
  ['node-pg-migrate', /\bpgm\b|['"]node-pg-migrate/, true],
  ['knex', /\bknex\b/i, true],
]

/** Looks at a few files: of a folder of migrations all are of one tool. */
export function foreignCode(root: string): ForeignCode | undefined {
  for (const folder of codeFolders) {
    const path = resolve(root, folder)
    if (!existsSync(path) || !statSync(path).isDirectory()) continue
    for (const name of readdirSync(path).filter(isModule).slice(0, 5)) {
      const text = readFileSync(join(path, name), 'utf8')
      const [tool, , isAdopted] = marks.find(([, mark]) => mark.test(text)) ?? []
      if (tool !== undefined && isAdopted !== undefined) return { tool, folder, isAdopted }
    }
  }
  const folder = 'supabase/migrations'
  return existsSync(resolve(root, folder))
    ? { tool: 'Supabase', folder, isAdopted: false }
    : undefined
}

export async function revisionsIn(folder: string): Promise<Pick<Begun, 'any' | 'tool'>> {
  try {
    const { scripts } = await loadRevisions([folder])
    const entries = [...scripts.values()].flatMap(({ ledger }) => ledger ?? [])
    return { any: scripts.size > 0, tool: entries.find((entry) => !isBaseline(entry))?.tool }
  } catch (error) {
    if (error instanceof LimbeckError) return { any: false, tool: undefined }
    throw error
  }
}
