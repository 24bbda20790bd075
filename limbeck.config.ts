import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { defineConfig } from 'limbeck'

// The folder of the package, wherever this file has been compiled to and from wherever it is started.
const root = dirname(createRequire(import.meta.url).resolve('limbeck/package.json'))

/** For the command line as it is; the service takes it too, and says which database it has and how it boots. */
export default defineConfig({
  ...databaseUrls(),
  migrations: join(root, 'migrations'),
  models: () => import('./drizzle/index.ts'),
})

// Without DATABASE_URL it is the PostgreSQL that `npm start` runs embedded, for as long as that runs.
function databaseUrls() {
  const { DATABASE_URL, MIGRATION_DATABASE_URL, DATA_DIR } = process.env
  if (DATABASE_URL) return { url: DATABASE_URL, migrationUrl: MIGRATION_DATABASE_URL || undefined }
  const file = join(DATA_DIR || join(root, '.data', 'postgres'), 'embedded.json')
  if (!existsSync(file)) return {}
  const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string }
  return { url, connectTimeout: 0 }
}
