import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { drizzle as drizzle1 } from 'drizzle-orm-1/postgres-js'
import { migrate as migrate1 } from 'drizzle-orm-1/postgres-js/migrator'
import postgres from 'postgres'

/** What a service of drizzle-orm 0.45 does when it starts. */
export async function migrateByDrizzle(url: string, migrationsFolder: string, options = {}) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  await migrate(drizzle(client), { migrationsFolder, ...options }).finally(() => client.end())
}

/** What a service of drizzle-orm 1.0 does when it starts. */
export async function migrateByDrizzle1(url: string, migrationsFolder: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  await migrate1(drizzle1({ client }), { migrationsFolder }).finally(() => client.end())
}
