import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, type RevisionFolder, revisionFolder } from '../support/revisions.ts'

/** A build: its revision files, each a table named like it. */
async function build(
  graph: Readonly<Record<string, string>>,
  heads: Readonly<Record<string, readonly string[]>> = {},
): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  for (const [id, revises] of Object.entries(graph))
    await folder.sql(id, {
      revises,
      up: `CREATE TABLE t_${id} ();`,
      down: `DROP TABLE t_${id};`,
      head: heads[id] ?? [],
    })
  return folder
}

const modes = ['upgrade', 'verify', 'wait'] as const

describe('rows that this build does not know', () => {
  test('are ahead where the history proves that every head of this build is beneath them', async () => {
    const database = await createDatabase()
    const newer = await build({ aaa1: '', bbb2: 'aaa1', ccc3: 'bbb2' })
    await initDb({ url: database.url, migrations: newer.path })
    for (const older of [await build({ aaa1: '' }), await build({ aaa1: '', bbb2: 'aaa1' })])
      expect(await initDb({ url: database.url, migrations: older.path })).toMatchObject({
        outcome: 'ahead',
        to: ['ccc3'],
      })
  })

  test('are ahead after a stamp and after a creation too', async () => {
    const older = await build({ aaa1: '' })
    const newer = await build({ aaa1: '', bbb2: 'aaa1', ccc3: 'bbb2' })
    for (const way of ['stamp', 'chain'] as const) {
      const database = await createDatabase()
      const first = way === 'stamp' ? older : newer
      await initDb({ url: database.url, migrations: first.path })
      if (way === 'stamp')
        await createMigrator({ url: database.url, migrations: newer.path }).stamp('heads')
      const { outcome } = await initDb({ url: database.url, migrations: older.path })
      expect(outcome).toBe('ahead')
    }
  })

  test.each(modes)(
    'have diverged where a head of this build was never applied (%s)',
    async (mode) => {
      const database = await createDatabase()
      const main = await build({ aaa1: '', bbb2: 'aaa1' })
      const hotfix = await build({ aaa1: '', fff9: 'aaa1' })
      await initDb({ url: database.url, migrations: main.path })
      const before = await database.query('SELECT * FROM limbeck_history')
      const options = { url: database.url, migrations: hotfix.path, mode, waitTimeout: 500 }
      const error = await failure(initDb(options))
      expect(error.code).toBe('LIMBECK_DATABASE_DIVERGED')
      expect(error.message).toContain('bbb2')
      expect(error.message).toContain('fff9')
      expect(await database.query('SELECT * FROM limbeck_history')).toEqual(before)
    },
  )

  test("of another service name versionTable; with one of its own the service is not served the other's", async () => {
    const database = await createDatabase()
    const users = await build({ aaa1: '' })
    const orders = await build({ ooo1: '' })
    await initDb({ url: database.url, migrations: users.path })
    const options = { url: database.url, migrations: orders.path }
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_DATABASE_DIVERGED')
    expect(error.details.hint).toContain('versionTable')
    const own = { ...options, versionTable: 'orders_version', ignoreTables: ['t_aaa1'] }
    expect((await initDb(own)).outcome).toBe('created')
    expect((await initDb({ url: database.url, migrations: users.path })).outcome).toBe('current')
  })

  test('prove nothing after a purge: what was there before it is not beneath them', async () => {
    const database = await createDatabase()
    const one = await build({ aaa1: '' })
    const other = await build({ xxx1: '' })
    await initDb({ url: database.url, migrations: one.path })
    await createMigrator({ url: database.url, migrations: other.path }).stamp('xxx1', {
      purge: true,
    })
    const error = await failure(initDb({ url: database.url, migrations: one.path }))
    expect(error.code).toBe('LIMBECK_DATABASE_DIVERGED')
  })

  test('prove nothing for what has been downgraded since', async () => {
    const database = await createDatabase()
    const base = await build({ aaa1: '' })
    const main = await build({ aaa1: '', bbb2: 'aaa1' })
    const hotfix = await build({ aaa1: '', fff9: 'aaa1' })
    await initDb({ url: database.url, migrations: main.path })
    await createMigrator({ url: database.url, migrations: main.path }).downgrade('aaa1')
    await initDb({ url: database.url, migrations: hotfix.path })
    expect((await initDb({ url: database.url, migrations: base.path })).outcome).toBe('ahead')
    const error = await failure(initDb({ url: database.url, migrations: main.path }))
    expect(error.code).toBe('LIMBECK_DATABASE_DIVERGED')
  })

  test('are refused by the commands that move rows', async () => {
    const database = await createDatabase()
    const main = await build({ aaa1: '', bbb2: 'aaa1' })
    await initDb({ url: database.url, migrations: main.path })
    const older = createMigrator({
      url: database.url,
      migrations: (await build({ aaa1: '' })).path,
    })
    const hotfix = createMigrator({
      url: database.url,
      migrations: (await build({ aaa1: '', fff9: 'aaa1' })).path,
    })
    for (const run of [{}, { plan: true }, { rehearse: true }]) {
      expect((await failure(older.upgrade('heads', run))).code).toBe('LIMBECK_DATABASE_AHEAD')
      expect((await failure(older.downgrade('base', run))).code).toBe('LIMBECK_DATABASE_AHEAD')
      expect((await failure(hotfix.upgrade('heads', run))).code).toBe('LIMBECK_DATABASE_DIVERGED')
    }
    await older.downgrade('aaa1', { fromHistory: true })
    expect((await older.upgrade()).to).toEqual(['aaa1'])
  })
})

describe('a breaking revision that was interrupted', () => {
  const half = async (folder: RevisionFolder, head: readonly string[]) =>
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: ['transaction: none', ...head],
      up: 'CREATE TABLE t_half ();\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);',
      down: 'DROP INDEX IF EXISTS t_id;\nDROP TABLE t_half;',
    })

  const base = {
    up: 'CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1);',
    down: 'DROP TABLE t;',
  }

  async function cutOff(head: readonly string[]) {
    const database = await createDatabase()
    const [old, next] = [await revisionFolder(), await revisionFolder()]
    for (const folder of [old, next]) await folder.sql('aaa1', base)
    await half(next, head)
    await initDb({ url: database.url, migrations: old.path })
    expect((await failure(initDb({ url: database.url, migrations: next.path }))).code).toBe(
      'LIMBECK_STEP_FAILED',
    )
    return {
      database,
      old: { url: database.url, migrations: old.path },
      next: { url: database.url, migrations: next.path },
    }
  }

  test('is refused by the build before it, and a compatible one is served', async () => {
    const breaking = await cutOff(['compatible: no'])
    const error = await failure(initDb(breaking.old))
    expect(error).toMatchObject({ code: 'LIMBECK_DATABASE_AHEAD', details: { revision: 'bbb2' } })
    const compatible = await cutOff(['compatible: yes'])
    expect((await initDb(compatible.old)).outcome).toBe('ahead')
  })

  test.each(['next', 'old'] as const)('is undone by a downgrade of the %s build', async (who) => {
    const { database, old, next } = await cutOff(['compatible: no'])
    const limbeck = createMigrator(who === 'next' ? next : old)
    const report = await limbeck.downgrade(who === 'next' ? '-1' : 'aaa1', {
      fromHistory: who === 'old',
    })
    expect(report.applied.map(({ revision }) => revision)).toEqual(['bbb2'])
    expect(await database.query("SELECT to_regclass('t_half') IS NULL AS gone")).toEqual([
      { gone: true },
    ])
    expect(await database.query('SELECT * FROM limbeck_progress')).toEqual([])
    expect((await initDb(old)).outcome).toBe('current')
    await database.query('TRUNCATE t')
    expect((await initDb(next)).outcome).toBe('upgraded')
  })
})
