import { drizzle } from 'drizzle-orm/postgres-js'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import postgres from 'postgres'
import * as schema from './schema.js'

const url = process.env.DATABASE_URL
const db = drizzle(postgres(url))
const app = Fastify({ logger: true })

// Listens at once; until the database is migrated every route answers 503, and /health says why.
await app.register(limbeck, {
  url,
  migrations: new URL('./migrations/', import.meta.url),
  models: schema,
  // 'verify' where a job migrates instead (../kubernetes/job.yaml); undefined is 'upgrade'.
  mode: process.env.DATABASE_MODE,
})
app.get('/notes', () => db.select().from(schema.notes))

await app.listen({ host: '0.0.0.0', port: Number(process.env.PORT ?? 3000) })
