import { resolve } from 'node:path'
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

export async function revisionsIn(folder: string): Promise<Omit<Begun, 'foreign'>> {
  try {
    const { scripts } = await loadRevisions([folder])
    const entries = [...scripts.values()].flatMap(({ ledger }) => ledger ?? [])
    return { any: scripts.size > 0, tool: entries.find((entry) => !isBaseline(entry))?.tool }
  } catch (error) {
    if (error instanceof LimbeckError) return { any: false, tool: undefined }
    throw error
  }
}
