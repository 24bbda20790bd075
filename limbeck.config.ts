import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'limbeck'

export default defineConfig({
  ...databaseUrls(),
  migrations: 'migrations',
  models: './drizzle/index.ts',
})

// Without DATABASE_URL it is the PostgreSQL that `npm start` runs embedded, for as long as that runs.
function databaseUrls() {
  const { DATABASE_URL, MIGRATION_DATABASE_URL, DATA_DIR } = process.env
  if (DATABASE_URL) return { url: DATABASE_URL, migrationUrl: MIGRATION_DATABASE_URL || undefined }
  const file = join(DATA_DIR || join(import.meta.dirname, '.data', 'postgres'), 'embedded.json')
  if (!existsSync(file)) return {}
  const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string }
  return { url, connectTimeout: 0 }
}
