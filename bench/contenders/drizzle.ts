import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Library } from '../contender.ts'

export default {
  transaction: 'all',
  prepare: async (folder, migrations) => {
    await mkdir(path.join(folder, 'meta'), { recursive: true })
    for (const { id, statements } of migrations) {
      const text = statements
        .map((statement) => `${statement};`)
        .join('\n--> statement-breakpoint\n')
      await writeFile(path.join(folder, `${id}.sql`), text)
    }
    const entries = migrations.map(({ id }, idx) => ({
      idx,
      version: '7',
      when: 1_700_000_000_000 + idx,
      tag: id,
      breakpoints: true,
    }))
    const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries })
    await writeFile(path.join(folder, 'meta', '_journal.json'), journal)
  },
  migrate: async (url, folder) => {
    const client = postgres(url, { max: 1, onnotice: () => {} })
    await migrate(drizzle(client), { migrationsFolder: folder })
    await client.end()
  },
} satisfies Library
