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

/** A file of the one that is built, as its users get it. LIMBECK_DIST names another build. */
export const distUrl = (file: string): string => new URL(file, dist).href

export const { initDb, createMigrator }: PublicEntry = await import(distUrl('lib/index.js'))

interface TestingEntry {
  createTestDatabases(options: object): Promise<{
    create(): Promise<{ reset(): Promise<void> }>
    close(): Promise<void>
  }>
}

/** A build from before there were test databases has none. */
export async function createTestDatabases(
  options: object,
): ReturnType<TestingEntry['createTestDatabases']> {
  const testing: TestingEntry = await import(distUrl('lib/testing.js'))
  return await testing.createTestDatabases(options)
}

/** Which revisions, by their places, the one at `index` comes after. */
export type Parents = (index: number) => readonly number[]

const chain: Parents = (index) => (index === 0 ? [] : [index - 1])

/** Revision files: a chain, unless `parents` says otherwise. */
export async function writeRevisions(
  folder: string,
  migrations: readonly Migration[],
  parents: Parents = chain,
): Promise<void> {
  for (const [index, { id, statements }] of migrations.entries()) {
    const revises = parents(index).map((parent) => migrations[parent]?.id)
    const text = `-- migration ${id}
--
-- revision: ${id}
-- revises: ${revises.join(', ')}

-- +upgrade
${statements.join(';\n')};

-- +downgrade
SELECT 1;
`
    await writeFile(path.join(folder, `${id}_migration.sql`), text)
  }
}
