import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { ForeignMigration } from '../authoring/import/migration.ts'
import { readForeignFolder } from '../authoring/import/read-folder.ts'
import { LimbeckError } from '../errors.ts'
import { buildRevisionMap } from '../revision/revision-map.ts'
import { fileName } from '../script/file-name.ts'
import type { LedgerTool } from '../script/ledger-entry.ts'
import { readScripts } from '../script/script-directory.ts'
import { renderRevision } from '../script/template.ts'
import { writeRevision } from '../script/write.ts'

export interface ImportOptions {
  readonly tool: LedgerTool
  /** The tool's folder, relative to the working directory. */
  readonly folder: string
  /** Where the revisions are written. */
  readonly into: string
}

/** What `import` wrote. */
export interface ImportReport {
  readonly tool: LedgerTool
  /** Absolute paths. */
  readonly from: string
  readonly into: string
  /** In order. */
  readonly written: readonly { readonly revision: string; readonly file: string }[]
}

/**
 * Writes a revision for each migration of another tool. Ids, dates, names and what the tool's ledger knows are kept, so that
 * a database is adopted as if the tool's own folder were read. Throws LIMBECK_FOLDER_EMPTY, and LIMBECK_FILE_EXISTS
 * before anything is written when a revision is there already.
 */
export async function importHistory({ tool, folder, into }: ImportOptions): Promise<ImportReport> {
  const from = path.resolve(folder)
  const target = path.resolve(into)
  const migrations = await readForeignFolder(tool, from)
  await mkdir(target, { recursive: true })
  const files = chained(migrations).map(({ id, parent, migration }) => ({
    id,
    name: fileName(id, migration.message),
    text: toRevision(id, parent, migration),
  }))
  refuseExisting(await readScripts([target]), files)
  const written: { revision: string; file: string }[] = []
  for (const { id, name, text } of files)
    written.push({ revision: id, file: await writeRevision(target, name, text) })
  buildRevisionMap(await readScripts([target]))
  return { tool, from, into: target, written }
}

/** Ids as those of a folder of drizzle-kit that is read as it is. */
function chained(migrations: readonly ForeignMigration[]) {
  const ids = new Set<string>()
  let parent: string | undefined
  return migrations.map((migration) => {
    const own = idOf(migration.text)
    const id = ids.has(own) ? idOf(`${migration.ledger.name}\n${migration.text}`) : own
    ids.add(id)
    const link = { id, parent, migration }
    parent = id
    return link
  })
}

const idOf = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 12)

function toRevision(
  id: string,
  parent: string | undefined,
  { message, created, upgrade, downgrade, transactional, ledger }: ForeignMigration,
): string {
  return renderRevision('sql', {
    id,
    message,
    parents: parent === undefined ? [] : [parent],
    ...(created === null ? {} : { created }),
    transactional,
    ledger,
    upgrade,
    downgrade: downgrade ?? '',
    ...(downgrade === null ? { irreversible: `${ledger.tool} has no downgrade of it` } : {}),
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
