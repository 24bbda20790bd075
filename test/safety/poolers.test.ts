import { initDb } from 'limbeck'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMigrator } from '../../src/migrator.ts'
import type { TestDatabase } from '../support/database.ts'
import { withSql } from '../support/database.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

async function pooled(mode: 'session' | 'transaction', poolSize = 1) {
  const database = await createDatabase()
  const pooler = await startPgBouncer(database.url, { mode, poolSize })
  onTestFinished(() => pooler.stop())
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: "CREATE TABLE things (id int); SET application.name = 'left'; SELECT pg_sleep(0.2)",
    down: 'DROP TABLE things',
  })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'INSERT INTO things VALUES (1)',
    down: 'DELETE FROM things',
  })
  return {
    database,
    folder,
    options: { url: pooler.url, migrations: folder.path, connectTimeout: 10_000 },
  }
}

/** What the next client of the pool finds on its backend. */
async function left(url: string) {
  return await withSql(url, async (sql) => {
    const [row] = await sql.unsafe(`SELECT current_user = session_user AS "isItself",
      current_setting('search_path') AS path, current_setting('lock_timeout') AS "lockTimeout",
      current_setting('application.name', true) AS setting, (SELECT count(*)::int FROM pg_listening_channels()) AS channels`)
    return row
  })
}

const nothing = { isItself: true, path: '"$user", public', lockTimeout: '0', channels: 0 }

async function locks(database: TestDatabase) {
  return await database.query(
    `SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
}

describe.runIf(await hasPgBouncer())('behind PgBouncer', () => {
  test('in transaction mode six replicas run each revision once, and nothing stays behind', async () => {
    const { database, options } = await pooled('transaction', 3)
    const reports = await Promise.all(Array.from({ length: 6 }, () => initDb(options)))
    for (const { outcome } of reports)
      expect(outcome).toMatch(/^(?:created|upgraded|waited|current)$/)
    expect(await database.query('SELECT id FROM things')).toHaveLength(1)
    expect(await database.query('SELECT FROM limbeck_history')).toHaveLength(2)
    expect(await locks(database)).toEqual([])
    for (let n = 0; n < 3; n++) expect(await left(options.url)).toMatchObject(nothing)
  })

  test('in transaction mode the whole circle of commands works, as another role, too', async () => {
    const { database, options } = await pooled('transaction')
    const owner = await newRole(database)
    await database.query(`GRANT ALL ON SCHEMA public TO "${owner.name}"`)
    const migrator = createMigrator({ ...options, role: owner.name })
    await migrator.upgrade()
    await migrator.upgrade()
    expect(
      await database.query(`SELECT FROM pg_tables WHERE tableowner = '${owner.name}'`),
    ).toHaveLength(4)
    await migrator.downgrade('-1')
    await migrator.stamp('heads')
    expect((await initDb({ ...options, role: owner.name })).outcome).toBe('current')
    // The catalog is kept, and found as it is.
    for (const write of [true, false])
      expect((await migrator.check({ database: true, write })).findings).toEqual([])
    expect(await left(options.url)).toMatchObject(nothing)
    expect(await locks(database)).toEqual([])
  })

  test('in transaction mode what runs outside transactions is refused before anything is changed', async () => {
    const { database, folder, options } = await pooled('transaction', 4)
    await folder.sql('ccc3', {
      revises: 'bbb2',
      head: ['transaction: none'],
      up: 'CREATE INDEX CONCURRENTLY things_id ON things (id)',
    })
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_POOLED_CONNECTION')
    expect(error.details.hint).toContain('migrationUrl')
    expect(await database.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([])
    expect(await locks(database)).toEqual([])
  })

  test.each([1, 3])(
    'in session mode with %d connections everything runs, and the backend is given back clean',
    async (size) => {
      const { database, folder, options } = await pooled('session', size)
      await folder.sql('ccc3', {
        revises: 'bbb2',
        head: ['transaction: none'],
        up: 'SET search_path = public, pg_temp; CREATE INDEX CONCURRENTLY things_id ON things (id)',
        down: 'DROP INDEX CONCURRENTLY things_id',
      })
      expect((await initDb(options)).outcome).toBe('created')
      expect(
        await database.query(`SELECT FROM pg_indexes WHERE indexname = 'things_id'`),
      ).toHaveLength(1)
      expect(await left(options.url)).toMatchObject(nothing)
      expect(await locks(database)).toEqual([])
    },
  )

  test('waiting and verifying leave no listener behind', async () => {
    const { options } = await pooled('transaction')
    await failure(initDb({ ...options, mode: 'wait', waitTimeout: 300 }))
    await failure(initDb({ ...options, mode: 'verify' }))
    expect(await left(options.url)).toMatchObject(nothing)
  })
})
