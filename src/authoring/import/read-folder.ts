import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { LimbeckError } from '../../errors.ts'
import {
  fitsTransaction,
  readDrizzleScripts,
  splitAtBreakpoints,
} from '../../script/drizzle-folder.ts'
import { drizzleLayout } from '../../script/drizzle-layout.ts'
import type { SqlTool } from '../../script/ledger-entry.ts'
import { readText } from '../../script/read-text.ts'
import { codeRange } from '../../sql/text.ts'
import { ledgerHashes } from './ledger-hashes.ts'
import { listFiles } from './list-files.ts'
import type { ForeignFile, ForeignMigration, Section } from './migration.ts'
import {
  type Environment,
  type Placeholders,
  placeholdersOf,
  scriptSettings,
} from './placeholders.ts'
import { readAlembicScript } from './read-alembic.ts'
import { sectionsOf } from './sections.ts'
import { withEnds } from './with-ends.ts'

/** Reads the migrations of a tool in its order; of Alembic a script. Throws LIMBECK_FOLDER_EMPTY where there is none. */
export async function readForeignFolder(
  tool: SqlTool | 'alembic',
  folder: string,
  environment: Environment = {},
): Promise<readonly ForeignMigration[]> {
  const migrations = await readMigrations(tool, folder, environment)
  if (migrations.length > 0) return migrations
  const what = tool === 'alembic' ? 'script' : 'folder'
  throw new LimbeckError('LIMBECK_FOLDER_EMPTY', `there is no migration of ${tool} in ${folder}`, {
    file: folder,
    hint: `Name the ${what}: \`npx limbeck import ${tool} <${what}>\`.`,
  })
}

async function readMigrations(
  tool: SqlTool | 'alembic',
  folder: string,
  environment: Environment,
): Promise<readonly ForeignMigration[]> {
  if (tool === 'alembic') return await readAlembicScript(folder)
  if (tool !== 'drizzle') return await readOthers(tool, folder, environment)
  return await readDrizzle(folder, existsSync(folder) ? readdirSync(folder).toSorted() : [])
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

/** drizzle sends each piece by itself, so that the last statement of it needs no semicolon. */
function ended(piece: string): string {
  const { end } = codeRange(piece)
  return end === 0 || piece[end - 1] === ';' ? piece : `${piece.slice(0, end)};${piece.slice(end)}`
}

async function readOthers(
  tool: Exclude<SqlTool, 'drizzle'>,
  folder: string,
  environment: Environment,
): Promise<readonly ForeignMigration[]> {
  const placeholders = placeholdersOf(tool, folder, environment)
  const migrations: ForeignMigration[] = []
  for (const found of listFiles(tool, folder))
    migrations.push(await readOne(tool, found, placeholders))
  return migrations
}

async function readOne(
  tool: Exclude<SqlTool, 'drizzle'>,
  { title, file, name, downFile }: ForeignFile,
  { lookup, replace }: Placeholders,
): Promise<ForeignMigration> {
  const text = await readText(file)
  const replaced = replace(text, file)
  const { up, down } = sectionsOf[tool](replaced, lookup, file)
  const undo = downFile === undefined ? down : await readUndo(downFile, replace)
  const isOutside =
    tool === 'flyway' && scriptSettings(file).get('executeintransaction') === 'false'
  const sections = isOutside ? up.map((each) => ({ ...each, inTransaction: false })) : up
  return {
    message: title,
    created: createdBy(title),
    ...(await joined(file, sections, undo)),
    ledger: {
      tool,
      name,
      when: null,
      hashes: ledgerHashes(tool, name, await readFile(file), replaced),
    },
    text,
  }
}

async function readUndo(
  file: string,
  replace: Placeholders['replace'],
): Promise<readonly Section[]> {
  const sql = replace(await readText(file), file)
  return codeRange(sql).end === 0 ? [] : [{ sql, inTransaction: true }]
}

type Bodies = Pick<ForeignMigration, 'upgrade' | 'downgrade' | 'transactional'>

/**
 * One transaction where the tool has one, or PostgreSQL makes one of what comes in one message. Else `transaction: none`, in
 * which what was a transaction of the tool's stands between BEGIN and COMMIT.
 */
async function joined(
  file: string,
  up: readonly Section[],
  down: readonly Section[],
): Promise<Bodies> {
  const text = (sections: readonly Section[]) => sections.map(({ sql }) => sql.trim()).join('\n\n')
  const isOne = async (sections: readonly Section[]) =>
    sections.length <= 1 &&
    sections.every(({ inTransaction }) => inTransaction) &&
    (await fitsTransaction(file, text(sections)))
  if ((await isOne(up)) && (await isOne(down)))
    return {
      upgrade: text(up),
      downgrade: down.length === 0 ? null : text(down),
      transactional: true,
    }
  const units = async (sections: readonly Section[]) =>
    (await Promise.all(sections.map((section) => asUnit(file, section)))).join('\n\n')
  return {
    upgrade: await units(up),
    downgrade: down.length === 0 ? null : await units(down),
    transactional: false,
  }
}

async function asUnit(file: string, { sql, inTransaction }: Section): Promise<string> {
  const body = ended(sql.trim())
  if (!inTransaction || codeRange(body).end === 0) return body
  return (await fitsTransaction(file, body))
    ? `BEGIN;\n${body}\nCOMMIT;`
    : await withEnds(body, file)
}

/** Of a name that begins with a date and a time; anything else says no date. */
function createdBy(name: string): string | null {
  const match = /(?:^|\D)(20\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
  return Number.isNaN(Date.parse(text)) ? null : text
}
