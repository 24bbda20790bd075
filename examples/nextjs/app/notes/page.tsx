import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { notes } from '../../schema'

export const dynamic = 'force-dynamic'
const client = postgres(process.env.DATABASE_URL ?? '')

export default async function Notes() {
  const rows = await drizzle(client).select().from(notes)
  return <p>{rows.length} notes</p>
}
