import { drizzle } from 'drizzle-orm/postgres-js'
import express from 'express'
import { startGate } from 'limbeck/http'
import postgres from 'postgres'
import * as schema from './schema.js'

const url = process.env.DATABASE_URL
const db = drizzle(postgres(url))
const gate = startGate({
  url,
  migrations: new URL('./migrations/', import.meta.url),
  models: schema,
})

const app = express()
// First of all: it answers /health, and 503 to all else until the database is migrated.
app.use(gate.middleware)
app.get('/notes', async (_request, response) => {
  response.json(await db.select().from(schema.notes))
})

app.listen(Number(process.env.PORT ?? 3000))
