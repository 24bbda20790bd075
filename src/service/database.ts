import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Logger } from 'limbeck'
import postgres from 'postgres'
import { poolOptions } from './pool-options.ts'

/** The application's own pool: never the migrator's connection. */
export interface Database {
  readonly db: PostgresJsDatabase
  close(): Promise<void>
}

/**
 * Prepares the pool. Nothing connects before the first query, and the gate lets none through until the
 * schema is ready: no connection ever holds a plan of the schema before.
 */
export function openDatabase(url: string, poolMax: number, logger: Logger): Database {
  const client = postgres({
    ...poolOptions(url),
    max: poolMax,
    onnotice: (notice) => logger.debug({ code: notice.code }, notice.message ?? 'notice'),
  })
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) }
}
