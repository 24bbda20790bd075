// One replica of a service: an old build by drizzle's migrate(), or a new one by initDb(). node replica.mjs <old|new> <url> <folder>
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { initDb } from 'limbeck'
import postgres from 'postgres'

const [build, url, migrations] = process.argv.slice(2)
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
if (build === 'new') {
  const { outcome, applied } = await initDb({ url, migrations, ledger: 'drizzle' })
  process.stdout.write(`${outcome} ${applied.length}\n`)
} else {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  await migrate(drizzle(client), { migrationsFolder: migrations }).finally(() => client.end())
  process.stdout.write('migrated\n')
}
process.exit(0)
