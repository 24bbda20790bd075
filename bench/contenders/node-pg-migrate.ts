import { runner } from 'node-pg-migrate'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'all',
  prepare: (folder, migrations) =>
    writeFiles(
      folder,
      migrations,
      (_, number) => `${1_700_000_000_000 + number}_migration.sql`,
      (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`,
    ),
  migrate: async (url, folder) => {
    await runner({
      databaseUrl: url,
      dir: folder,
      direction: 'up',
      migrationsTable: 'pgmigrations',
      singleTransaction: true,
      log: () => {},
    })
  },
} satisfies Library
