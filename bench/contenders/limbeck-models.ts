import { readdir } from 'node:fs/promises'
import type { Library } from '../contender.ts'
import { initDb, writeRevisions } from '../limbeck.ts'
import { tableModels } from '../tables.ts'

/** initDb() on an empty database with Drizzle models: create-all, a table for each revision, and a stamp. */
export default {
  transaction: 'all',
  prepare: writeRevisions,
  migrate: async (url, folder) => {
    const { length } = await readdir(folder)
    await initDb({ url, migrations: folder, models: async () => tableModels(length) })
  },
} satisfies Library
