import knex from 'knex'
import type { Library } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

export default {
  transaction: 'all',
  prepare: (folder, migrations) =>
    writeFiles(
      folder,
      migrations,
      ({ id }) => `${id}.cjs`,
      (sql) => `exports.up = (knex) => knex.raw(${JSON.stringify(sql)})
exports.down = () => {}
`,
    ),
  migrate: async (url, folder) => {
    const db = knex({ client: 'pg', connection: url })
    await db.migrate.latest({ directory: folder })
    await db.destroy()
  },
} satisfies Library
