import { createHash } from 'node:crypto'
import { fileName } from '../../script/file-name.ts'
import type { FreshUse } from '../../script/script.ts'
import { renderRevision } from '../../script/template.ts'
import { writeRevision } from '../../script/write.ts'
import { freshUses } from './fresh-use.ts'
import type { ForeignMigration } from './migration.ts'

/** One migration within the chain. */
export interface Link {
  readonly id: string
  readonly parents: readonly string[]
  readonly fresh: FreshUse | null
  readonly migration: ForeignMigration
}

/** A downgrade that the tool has not, and what it leaves. */
interface Derived {
  readonly downgrade: string | null
  readonly left: readonly string[]
}

/** Ids as those of a folder of drizzle-kit that is read as it is. */
export async function chained(migrations: readonly ForeignMigration[]): Promise<readonly Link[]> {
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

/** The files, in order. */
export async function writeLinks(
  folder: string,
  links: readonly Link[],
  derived: ReadonlyMap<string, Derived> = new Map(),
): Promise<readonly string[]> {
  const files: string[] = []
  for (const link of links) {
    const text = toRevision(link, derived.get(link.id))
    files.push(await writeRevision(folder, fileName(link.id, link.migration.message), text))
  }
  return files
}

/** The tool's own comes first; null where there is none. */
export const downgradeOf = ({ migration }: Link, derived: Derived | undefined): string | null =>
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
