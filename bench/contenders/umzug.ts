import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { Umzug } from 'umzug'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'none',
  prepare: (folder, migrations) => writeFiles(folder, migrations, ({ id }) => `${id}.sql`),
  migrate: async (url, folder) => {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
    const umzug = new Umzug({
      migrations: {
        glob: ['*.sql', { cwd: folder }],
        resolve: ({ name, path = '' }) => ({
          name,
          up: async () => sql.unsafe(await readFile(path, 'utf8')),
        }),
      },
      storage: {
        logMigration: async ({ name }) => {
          await sql`INSERT INTO umzug VALUES (${name})`
        },
        unlogMigration: async () => {},
        executed: async () => {
          await sql`CREATE TABLE IF NOT EXISTS umzug (name text PRIMARY KEY)`
          return (await sql`SELECT name FROM umzug ORDER BY name`).map(({ name }) => name)
        },
      },
      logger: undefined,
    })
    await umzug.up()
    await sql.end()
  },
} satisfies Library
