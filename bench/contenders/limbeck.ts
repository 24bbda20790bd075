import type { Library } from '../contender.ts'
import { initDb, writeRevisions } from '../limbeck.ts'

/** initDb() on revisions alone, a transaction for each. */
export default {
  transaction: 'each',
  prepare: writeRevisions,
  migrate: async (url, folder) => {
    await initDb({ url, migrations: folder })
  },
} satisfies Library
