import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Migration } from './contender.ts'

/** One file for each migration. */
export async function writeFiles(
  folder: string,
  migrations: readonly Migration[],
  name: (migration: Migration, number: number) => string,
  content: (sql: string, migration: Migration) => string = (sql) => sql,
): Promise<void> {
  for (const [index, migration] of migrations.entries()) {
    const sql = migration.statements.map((statement) => `${statement};\n`).join('')
    await writeFile(path.join(folder, name(migration, index + 1)), content(sql, migration))
  }
}
