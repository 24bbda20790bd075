import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readForeignFolder } from '../authoring/import/read-folder.ts'
import { usualFolder } from '../authoring/import/usual-folder.ts'
import { chained, writeLinks } from '../authoring/import/write-links.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { planUpgrade } from '../revision/plan-upgrade.ts'
import { type BuiltDatabase, readBuilt, withBuiltChain } from '../scratch/build-scratch.ts'
import { compareCatalogs, describeDifference } from '../scratch/catalog-objects.ts'
import { onSomeServer } from '../scratch/servers.ts'
import { isCodeTool, type SqlTool } from '../script/ledger-entry.ts'
import { loadRevisions, type Revisions } from '../script/revisions.ts'
import type { Finding } from './finding.ts'
import { firstInsert, firstMention } from './first-mention.ts'

/** The revisions that were imported from one tool. */
interface Imported {
  readonly tool: SqlTool
  /** As the tool's ledger calls them, in order. */
  readonly names: readonly string[]
  readonly last: string
}

/** Where the tool's own migrations are, as revisions up to the last one that was imported. */
interface Originals {
  /** For messages. */
  readonly title: string
  readonly folder: string
  readonly last: string
}

/**
 * Whether the imported revisions still build what the migrations build that they were made of, schema and rows. Nothing is found
 * where the tool's folder is no longer there.
 */
export async function checkImport(
  config: Config,
  revisions: Revisions,
): Promise<readonly Finding[]> {
  const imported = findImported(revisions)
  if (imported === null) return []
  const copy = await mkdtemp(path.join(tmpdir(), 'limbeck-originals-'))
  try {
    const originals = await findOriginals(config.folders, imported, copy)
    return originals === null ? [] : await compareWith(originals, config, revisions, imported)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

function findImported({ map, scripts }: Revisions): Imported | null {
  const found = planUpgrade(map, [], 'heads').flatMap(({ revision }) => {
    const { ledger, format } = scripts.get(revision) ?? {}
    if (ledger === undefined || format !== undefined || isCodeTool(ledger.tool)) return []
    return [{ tool: ledger.tool, name: ledger.name, revision }]
  })
  const last = found.at(-1)
  if (last === undefined) return null
  const own = found.filter(({ tool }) => tool === last.tool)
  return { tool: last.tool, names: own.map(({ name }) => name), last: last.revision }
}

/** Null where no folder has all of them. */
async function findOriginals(
  folders: readonly string[],
  { tool, names }: Imported,
  copy: string,
): Promise<Originals | null> {
  const root = projectOf(folders[0] ?? '.')
  for (const folder of await likelyFolders(tool, root, folders)) {
    const migrations = await readForeignFolder(tool, folder).catch(() => [])
    const links = (await chained(migrations)).slice(0, names.length)
    const last = links.at(-1)?.id
    const isSame = names.every((name, at) => links[at]?.migration.ledger?.name === name)
    if (last === undefined || !isSame) continue
    const title = `the migrations of ${tool} in ${path.relative(root, folder)}`
    // drizzle's files are read as they are, and not by way of another import.
    if (tool !== 'drizzle') await writeLinks(copy, links)
    return { title, folder: tool === 'drizzle' ? folder : copy, last }
  }
  return null
}

/** Where the tool keeps its migrations in the project that the revisions belong to. */
async function likelyFolders(
  tool: SqlTool,
  root: string,
  folders: readonly string[],
): Promise<readonly string[]> {
  const named = [await usualFolder(tool, root), 'migrations']
  return [...new Set(named.map((name) => path.resolve(root, name)))].filter(
    (folder) => !folders.includes(folder) && existsSync(folder),
  )
}

function projectOf(folder: string): string {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at))
    if (existsSync(path.join(at, 'package.json'))) return at
  return path.dirname(folder)
}

async function compareWith(
  { title, folder, last }: Originals,
  config: Config,
  revisions: Revisions,
  imported: Imported,
): Promise<readonly Finding[]> {
  const originals = await loadRevisions([folder])
  const build = async (server: Config) => ({
    chain: await withBuiltChain(server, revisions, readBuilt, imported.last),
    replay: await withBuiltChain(server, originals, readBuilt, last),
  })
  try {
    const { chain, replay } = await onSomeServer(config, build)
    return await differences(chain, replay, title, revisions)
  } catch (error) {
    if (!(error instanceof LimbeckError) || error.code === 'LIMBECK_CANCELLED') throw error
    const { hint = 'Correct what fails, or remove the folder where it is needed no longer.' } =
      error.details
    const message = `the imported revisions were not compared with ${title}: ${error.message}`
    return [{ code: 'import-not-compared', severity: 'skipped', message, hint }]
  }
}

async function differences(
  chain: BuiltDatabase,
  replay: BuiltDatabase,
  title: string,
  revisions: Revisions,
): Promise<readonly Finding[]> {
  const finding = {
    code: 'import-differs',
    severity: 'error',
    hint: 'Take the edit back: databases that the tool has migrated have what its files say. What has to change is a new revision.',
  } as const
  const findings: Finding[] = []
  for (const difference of compareCatalogs(chain.objects, replay.objects)) {
    const message = describeDifference(difference, ['the imported chain', title])
    findings.push({ ...finding, message, ...(await firstMention(difference.object, revisions)) })
  }
  for (const table of new Set([...chain.rows.keys(), ...replay.rows.keys()])) {
    const [left, right] = [chain.rows.get(table), replay.rows.get(table)]
    if (left?.hash === right?.hash && left?.rows === right?.rows) continue
    const message = `table ${table} has other rows by the imported chain (${left?.rows ?? 0}) than by ${title} (${right?.rows ?? 0})`
    findings.push({ ...finding, message, ...(await firstInsert(table, revisions)) })
  }
  return findings
}
