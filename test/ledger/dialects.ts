import { join } from 'node:path'
import { importHistory } from '../../src/commands/import.ts'
import { readSqlBodies } from '../../src/script/bodies.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { folderOf } from './foreign.ts'

export type Files = Readonly<Record<string, string>>

/** What becomes of each migration, in order. */
export async function revisionsOf(
  tool: SqlTool,
  files: Files,
  { folder = '.', environment = {} }: { folder?: string; environment?: Files } = {},
) {
  const root = folderOf(files)
  const into = join(root, 'limbeck')
  const { written } = await importHistory({ tool, folder: join(root, folder), into, environment })
  const { scripts } = await loadRevisions([into])
  return await Promise.all(
    written.map(async ({ revision }) => {
      const script = scripts.get(revision)!
      const { upgrade, downgrade } = await readSqlBodies(script)
      return {
        name: script.ledger?.name,
        transactional: script.transactional,
        up: upgrade.map(({ sql }) => sql),
        down: downgrade.map(({ sql }) => sql),
      }
    }),
  )
}
