import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { handOver, holdsLock, withMigrationLock } from '../../src/database/lock.ts'
import { lockKey } from '../../src/database/lock-key.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'
import { pair } from './offline/pair.ts'

const none = ['transaction: none']
const seen = `INSERT INTO public.seen SELECT current_setting('timezone'), current_setting('work_mem'), array_to_string(current_schemas(false), ',');`
const unknown = `INSERT INTO public.seen SELECT current_setting('shop.tenant', true);`
const alter = (what: string) =>
  `DO $$ BEGIN EXECUTE format('ALTER ${what}', current_database(), current_user); END $$;`

/** What each revision sees of settings that an earlier one has altered for sessions to come. */
async function alteringFolder() {
  const folder = await revisionFolder()
  const revisions: readonly (readonly [string, readonly string[]])[] = [
    ['CREATE TABLE seen (zone text, memory text, path text); CREATE SCHEMA other;', []],
    [
      `${alter("DATABASE %1$I SET timezone = ''Asia/Tokyo''")}
${alter("ROLE %2$I IN DATABASE %1$I SET work_mem = ''7MB''")}
${alter("DATABASE %1$I SET work_mem = ''6MB''")}
${alter('DATABASE %1$I SET search_path = public, other')}
SET timezone = 'Europe/Berlin';
${seen}`,
      [],
    ],
    [`${seen} CREATE TABLE other.only_there (id int);`, []],
    [`INSERT INTO only_there VALUES (1); SET work_mem = '9MB'; ${seen}`, []],
    [`${seen}\nSET timezone = 'UTC';\nRESET ALL;\n${seen}\nVACUUM public.seen;\n${seen}`, none],
    [
      `SET timezone = 'UTC'; RESET timezone; ${seen} SET LOCAL work_mem TO DEFAULT; ${seen}
SELECT set_config('timezone', NULL, true); ${seen} DO $$ BEGIN RESET work_mem; END $$; ${seen}`,
      [],
    ],
    [alter("DATABASE %1$I SET timezone = ''Asia/Seoul''"), none],
    [seen, []],
    [
      `${alter('DATABASE %1$I RESET work_mem')} ${alter('ROLE %2$I IN DATABASE %1$I RESET ALL')}`,
      [],
    ],
    [seen, []],
    [`SET LOCAL shop.tenant = '1'; ${unknown}`, []],
    [`${unknown} SELECT set_config('shop.tenant', '2', false); ${unknown}`, []],
    [unknown, none],
    [`${seen} SELECT pg_advisory_lock(42);`, []],
    [
      `${seen} INSERT INTO seen SELECT count(*)::text, '', '' FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND pid = pg_backend_pid();`,
      [],
    ],
  ]
  for (const [index, [up, head]] of revisions.entries())
    await folder.sql(`aaa${index}`, { up, head, revises: index === 0 ? '' : `aaa${index - 1}` })
  return { folder, count: revisions.length }
}

test('what revisions alter for sessions to come, the next ones of a run and of a script begin with', async () => {
  const { folder, count } = await alteringFolder()
  const { online, migrator, run, same } = await pair(folder.path)
  await migrator.upgrade()
  const rows = await online.query('SELECT * FROM seen')
  const alone = await createDatabase()
  for (let steps = 0; steps < count; steps++)
    await createMigrator({ url: alone.url, migrations: folder.path }).upgrade('+1')
  expect(rows).toEqual(await alone.query('SELECT * FROM seen'))
  const zones = rows.map(({ zone }) => zone)
  expect(zones.filter((zone, index) => zone !== zones[index - 1])).toEqual([
    'Europe/Berlin',
    'Asia/Tokyo',
    'Asia/Seoul',
    '1',
    null,
    '2',
    null,
    'Asia/Seoul',
    '0',
  ])
  await run((await migrator.upgrade('head', { sql: true })).sql)
  await same(['seen', 'other.only_there'])
})

test('code that alters them ends its session as well', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const head = (id: string, revises: string | null) =>
    `export const revision = '${id}'\nexport const downRevision = ${JSON.stringify(revises)}\nexport const irreversible = 'no'\n`
  await folder.sql('aaa1', { up: 'CREATE TABLE seen (pid int, memory text);' })
  const up = "INSERT INTO seen SELECT pg_backend_pid(), current_setting('work_mem');"
  await folder.sql('bbb2', { revises: 'aaa1', up })
  await folder.ts(
    'ccc3',
    `${head('ccc3', 'bbb2')}export const upgrade = ({ sql }) => sql.unsafe(${JSON.stringify(alter("DATABASE %1$I SET work_mem = ''7MB''"))})\n`,
  )
  await folder.sql('ddd4', { revises: 'ccc3', up })
  await folder.ts(
    'eee5',
    `${head('eee5', 'ddd4')}export const upgrade = ({ sql }) => sql.unsafe(${JSON.stringify(up)})\n`,
  )
  await folder.sql('fff6', { revises: 'eee5', up })
  await initDb({ url: database.url, migrations: folder.path })
  const rows = await database.query<{ pid: number; memory: string }>('SELECT * FROM seen')
  expect(rows.map(({ memory }) => memory)).toEqual(['4MB', '7MB', '7MB', '7MB'])
  expect(new Set(rows.map(({ pid }) => pid)).size).toBe(2)
})

test('the lock goes from one session to the other without a moment in which it is free', async () => {
  const { url } = await createDatabase()
  const tables = { schema: 'public', version: 'limbeck_version' }
  const target = { url, applicationName: 'test', connectTimeoutMs: 0 }
  const open = <T>(work: (connection: Parameters<typeof handOver>[0]) => Promise<T>) =>
    withConnection(target, 'SELECT 1', work)
  const options = { waitTimeoutMs: 0, peer: async () => null, onWait: () => {} }
  await open((first) =>
    open((second) =>
      open((other) =>
        withMigrationLock(first, tables, options, async () => {
          let isOver = false
          const taken: unknown[] = []
          const trying = (async () => {
            while (!isOver)
              taken.push(
                ...(await other.query(
                  `SELECT pg_try_advisory_xact_lock(${lockKey(tables)}) AS got`,
                )),
              )
          })()
          for (let round = 0; round < 20; round++) {
            await handOver(first, second, tables)
            expect([await holdsLock(first, tables), await holdsLock(second, tables)]).toEqual([
              false,
              true,
            ])
            await handOver(second, first, tables)
          }
          isOver = true
          await trying
          expect(taken.length).toBeGreaterThan(0)
          expect(taken).not.toContainEqual({ got: true })
        }),
      ),
    ),
  )
})

test('where no second session can be had the run ends there, and the next one goes on', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  const role = await newRole(database)
  await database.query(
    `ALTER ROLE ${role.name} CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO ${role.name}`,
  )
  await folder.sql('aaa1', { up: 'CREATE TABLE t (memory text);' })
  await folder.sql('bbb2', { revises: 'aaa1', up: "ALTER ROLE CURRENT_USER SET work_mem = '7MB';" })
  await folder.sql('ccc3', {
    revises: 'bbb2',
    up: "INSERT INTO t SELECT current_setting('work_mem');",
  })
  const options = { url: role.url, migrations: folder.path, connectTimeout: 0 }
  expect((await failure(initDb(options))).code).toBe('LIMBECK_CONNECTION_FAILED')
  // The server may still be ending the session before.
  const next = await initDb({ ...options, connectTimeout: 30_000 })
  expect(next).toMatchObject({ outcome: 'upgraded', applied: ['ccc3'] })
  expect(await database.query('SELECT * FROM t')).toEqual([{ memory: '7MB' }])
})
