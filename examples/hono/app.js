import { drizzle } from 'drizzle-orm/postgres-js'
import { Hono } from 'hono'
import { startGate } from 'limbeck/http'
import postgres from 'postgres'
import * as schema from './schema.js'

const url = process.env.DATABASE_URL
const db = drizzle(postgres(url))
const app = new Hono()
app.get('/notes', async (c) => c.json(await db.select().from(schema.notes)))

/** Answers /health, and 503 to all else until the database is migrated; then it is the application's turn. */
export const gate = startGate({
  url,
  migrations: new URL('./migrations/', import.meta.url),
  models: schema,
})
export const fetch = gate.fetch(app.fetch)
export const port = Number(process.env.PORT ?? 3000)
