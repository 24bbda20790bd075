import { describe, expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { readEverything } from '../support/catalog.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { until } from '../support/until.ts'
import { library, models } from './users-project.ts'

describe('modes', () => {
  test('verify passes at head and refuses anything else without a change', async () => {
    const [database, folder] = [await createDatabase(), await library()]
    const options = { url: database.url, migrations: folder.path, mode: 'verify' } as const
    const before = await readEverything(database)
    expect((await failure(initDb(options))).code).toBe('LIMBECK_NOT_AT_HEAD')
    expect(await readEverything(database)).toEqual(before)
    await initDb({ ...options, mode: 'upgrade' })
    expect((await initDb(options)).outcome).toBe('current')
    await folder.sql('ddd4', { revises: 'ccc3' })
    const error = await failure(initDb(options))
    expect(error).toMatchObject({ code: 'LIMBECK_NOT_AT_HEAD', details: { revisions: ['ddd4'] } })
  })

  test('wait ends when another process has migrated', async () => {
    const [database, folder] = [await createDatabase(), await library()]
    const options = { url: database.url, migrations: folder.path }
    const states = new Set<string>()
    const onProgress = ({ state }: { readonly state: string }) => void states.add(state)
    const waiting = initDb({ ...options, mode: 'wait', onProgress })
    await until(() => states.has('waiting'))
    await initDb(options)
    expect(await waiting).toMatchObject({ outcome: 'waited', to: ['ccc3'], applied: [] })
  })

  test('wait serves on a database that is ahead, as the policy says', async () => {
    const [database, newer, older] = [await createDatabase(), await library(), await library()]
    await newer.sql('ddd4', { revises: 'ccc3' })
    await initDb({ url: database.url, migrations: newer.path })
    const options = { url: database.url, migrations: older.path, mode: 'wait' } as const
    expect((await initDb(options)).outcome).toBe('ahead')
    expect((await failure(initDb({ ...options, ahead: 'refuse' }))).code).toBe(
      'LIMBECK_DATABASE_AHEAD',
    )
  })

  test('wait refuses a legacy database at once, and waits where another process may adopt it', async () => {
    const [database, folder] = [await createDatabase(), await library()]
    const options = { url: database.url, migrations: folder.path }
    await database.query('CREATE TABLE books (id int)')
    const error = await failure(initDb({ ...options, mode: 'wait', waitTimeout: 600_000 }))
    expect(error.code).toBe('LIMBECK_LEGACY_DATABASE')
    let isWaiting = () => {}
    const waits = new Promise<void>((resolve) => {
      isWaiting = resolve
    })
    const onProgress = ({ state }: { readonly state: string }) => {
      if (state === 'waiting') isWaiting()
    }
    const waiting = initDb({ ...options, mode: 'wait', legacy: 'detect', onProgress })
    await waits
    await createMigrator(options).stamp('heads')
    expect(await waiting).toMatchObject({ outcome: 'waited', to: ['ccc3'] })
  })

  test('wait gives up after waitTimeout', async () => {
    const [database, folder] = [await createDatabase(), await library()]
    const error = await failure(
      initDb({ url: database.url, migrations: folder.path, mode: 'wait', waitTimeout: 200 }),
    )
    expect(error.code).toBe('LIMBECK_WAIT_TIMEOUT')
  })

  test('off does not even connect', async () => {
    const report = await initDb({ url: 'postgres://nobody@127.0.0.1:1/none', mode: 'off' })
    expect(report).toMatchObject({ outcome: 'off', applied: [] })
  })
})

describe('processes that boot at once', () => {
  test.each(['fresh', 'behind'] as const)(
    'on a %s database: one does the work, every revision once',
    async (state) => {
      const [database, folder] = [await createDatabase(), await library()]
      const options = { url: database.url, migrations: folder.path }
      if (state === 'behind') {
        await initDb(options)
        for (let n = 1; n <= 5; n++)
          await folder.sql(`n${n}`, {
            revises: n === 1 ? 'ccc3' : `n${n - 1}`,
            up: `INSERT INTO books (id, title) VALUES (${n + 1}, 'x'); SELECT pg_sleep(0.05);`,
          })
      }
      const reports = await Promise.all(
        Array.from({ length: 8 }, () => initDb({ ...options, models })),
      )
      const outcomes = reports.map(({ outcome }) => outcome)
      expect(
        outcomes.filter((outcome) => outcome === (state === 'fresh' ? 'created' : 'upgraded')),
      ).toHaveLength(1)
      expect(
        outcomes.every((outcome) => ['created', 'upgraded', 'waited', 'current'].includes(outcome)),
      ).toBe(true)
      expect(new Set(reports.map(({ to }) => to.join())).size).toBe(1)
      const twice = await database.query(
        'SELECT revision FROM limbeck_history GROUP BY revision HAVING count(*) > 1',
      )
      expect(twice).toEqual([])
    },
  )
})
