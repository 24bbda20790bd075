import fs from 'node:fs/promises'
import path from 'node:path'
import { FileMigrationProvider, Kysely, Migrator, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'all',
  prepare: (folder, migrations) =>
    writeFiles(
      folder,
      migrations,
      ({ id }) => `${id}.mjs`,
      (text) => `import { sql } from ${JSON.stringify(import.meta.resolve('kysely'))}
export const up = (db) => sql.raw(${JSON.stringify(text)}).execute(db)
`,
    ),
  migrate: async (url, folder) => {
    const pool = new pg.Pool({ connectionString: url })
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    const provider = new FileMigrationProvider({ fs, path, migrationFolder: folder })
    const { error } = await new Migrator({ db, provider }).migrateToLatest()
    await db.destroy()
    if (error) throw error
  },
} satisfies Library
