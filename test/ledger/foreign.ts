import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { importHistory } from '../../src/commands/import.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { rootFolder } from '../support/root-folder.ts'

/** A folder of its own with these files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const root = rootFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

/** The files of another tool as revisions. */
export async function imported(tool: SqlTool, files: Readonly<Record<string, string>>) {
  const root = folderOf(files)
  const migrations = join(root, 'limbeck')
  const { written } = await importHistory({ tool, folder: root, into: migrations })
  return { root, migrations, ids: written.map(({ revision }) => revision) }
}
