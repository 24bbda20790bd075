import { drizzle } from 'drizzle-orm/postgres-js'
import { database, notes } from 'example-schema'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import postgres from 'postgres'

const url = process.env.DATABASE_URL
const db = drizzle(postgres(url))
const app = Fastify({ logger: true })
await app.register(limbeck, { url, ...database })
app.get('/notes', () => db.select().from(notes))
await app.listen({ host: '0.0.0.0', port: Number(process.env.PORT ?? 3000) })
