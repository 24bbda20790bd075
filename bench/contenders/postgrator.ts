import path from 'node:path'
import pg from 'pg'
import Postgrator from 'postgrator'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'none',
  prepare: (folder, migrations) =>
    writeFiles(folder, migrations, (_, number) => `${number}.do.migration.sql`),
  migrate: async (url, folder) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const postgrator = new Postgrator({
      driver: 'pg',
      database: client.database,
      migrationPattern: path.join(folder, '*'),
      execQuery: (query) => client.query(query),
    })
    await postgrator.migrate()
    await client.end()
  },
} satisfies Library
