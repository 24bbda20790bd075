import { createServer } from 'node:http'
import { drizzle } from 'drizzle-orm/node-postgres'
import { startGate } from 'limbeck/http'
import pg from 'pg'
import * as schema from './schema.js'

const url = process.env.DATABASE_URL
// The application's driver is its own affair: Limbeck has a connection of its own, and only while it migrates.
const db = drizzle({ client: new pg.Pool({ connectionString: url }) })
const gate = startGate({
  url,
  migrations: new URL('./migrations/', import.meta.url),
  models: schema,
})

createServer((request, response) => {
  gate.middleware(request, response, async () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await db.select().from(schema.notes)))
  })
}).listen(Number(process.env.PORT ?? 3000))
