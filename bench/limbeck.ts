import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Migration } from './contender.ts'
import { root } from './root.ts'

interface PublicEntry {
  initDb(options: object): Promise<unknown>
  createMigrator(options: object): {
    fleet(
      target: string | undefined,
      options: object,
    ): Promise<{ readonly totals: Readonly<Record<string, number>> }>
  }
}

const { LIMBECK_DIST } = process.env
const dist = LIMBECK_DIST ? pathToFileURL(`${path.resolve(LIMBECK_DIST)}/`) : new URL('dist/', root)

/** The one that is built, as its users get it. LIMBECK_DIST names another build. */
export const { initDb, createMigrator }: PublicEntry = await import(
  new URL('src/index.js', dist).href
)

/** A chain of revision files. */
export async function writeRevisions(
  folder: string,
  migrations: readonly Migration[],
): Promise<void> {
  let parent = ''
  for (const { id, statements } of migrations) {
    const text = `-- migration ${id}
--
-- revision: ${id}
-- revises: ${parent}

-- +upgrade
${statements.join(';\n')};

-- +downgrade
SELECT 1;
`
    await writeFile(path.join(folder, `${id}_migration.sql`), text)
    parent = id
  }
}
