import { createMigrator } from 'limbeck'
import bundle from '../../migrations.mjs'

export const dynamic = 'force-dynamic'

export async function GET(): Promise<Response> {
  const migrator = createMigrator({ url: process.env.DATABASE_URL ?? '', bundle })
  try {
    const { rows, atHead } = await migrator.current()
    const status = atHead ? 'ready' : 'behind'
    return Response.json({ status, schema: { current: rows } }, { status: atHead ? 200 : 503 })
  } finally {
    await migrator.close()
  }
}
