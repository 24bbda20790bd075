import pg from 'pg'
import { migrate } from 'postgres-migrations'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'each',
  prepare: (folder, migrations) =>
    writeFiles(folder, migrations, (_, number) => `${number}_migration_${number}.sql`),
  migrate: async (url, folder) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await migrate({ client }, folder)
    await client.end()
  },
} satisfies Library
