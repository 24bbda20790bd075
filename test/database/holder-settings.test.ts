import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { inSilence, renewHolderSettings } from '../../src/database/holder-settings.ts'
import { withMigrationLock } from '../../src/database/lock.ts'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog, revisionFolder } from '../support/revisions.ts'

const tables = { schema: 'public', version: 'limbeck_version' }

test('while the holder is busy with something of its own the server waits longer, and no longer afterwards', async () => {
  const database = await createDatabase()
  const target = { url: database.url, applicationName: 'test', connectTimeoutMs: 0 }
  await withConnection(target, 'SELECT 1', async (connection) => {
    const patience = async () => {
      const [row] = await connection.query<{ s: string }>(
        "SELECT string_agg(setting, ' ' ORDER BY name) AS s FROM pg_settings WHERE name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout')",
      )
      return row?.s
    }
    const options = { waitTimeoutMs: 1_000, peer: async () => null, onWait: () => {} }
    await withMigrationLock(connection, tables, options, async () => {
      expect(await patience()).toBe('20000 20000')
      expect(await inSilence(connection, 100_000, patience)).toBe('160000 160000')
      expect(await patience()).toBe('20000 20000')
      await connection.query('RESET ALL')
      expect(await patience()).toBe('0 0')
      await connection.query(renewHolderSettings(connection).join('; '))
      expect(await patience()).toBe('20000 20000')
    })
  })
})

test('a large file that only the grammar can cut is read under the lock with that patience', async () => {
  const [database, folder, logger] = [await createDatabase(), await revisionFolder(), keepLog()]
  const atomic = (n: number) =>
    `CREATE FUNCTION f${n}() RETURNS int BEGIN ATOMIC SELECT ${n}; SELECT ${n} + 1; END;`
  const notes = `COMMENT ON SCHEMA public IS '${'x'.repeat(150_000)}';`
  await folder.sql('aaa1', { up: `${atomic(1)}\n${notes}\n${atomic(2)}`, down: 'SELECT 1;' })
  await initDb({ url: database.url, migrations: folder.path, logger })
  expect(await database.query('SELECT f1(), f2()')).toEqual([{ f1: 2, f2: 3 }])
})
