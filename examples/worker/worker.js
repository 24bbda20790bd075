import { setTimeout as delay } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import { initDb } from 'limbeck'
import postgres from 'postgres'
import * as schema from './schema.js'

const url = process.env.DATABASE_URL
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

// Nothing to serve and nothing to gate: migrate, then work. A failure ends the process, and its supervisor tries again.
const { outcome, to } = await initDb({
  url,
  migrations: new URL('./migrations/', import.meta.url),
  models: schema,
  signal: stop.signal,
})
console.log(`ready: ${outcome} at ${to.join(', ')}`)

const client = postgres(url)
const db = drizzle(client)
while (!stop.signal.aborted) {
  console.log(`${await db.$count(schema.notes)} notes`)
  await delay(1000, undefined, { signal: stop.signal }).catch(() => {})
}
await client.end()
