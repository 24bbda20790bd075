import postgres from 'postgres'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lockKey } from '../../src/database/lock-key.ts'
import { now } from '../../src/database/pause.ts'
import { type BootOptions, type BootReport, initDb } from '../../src/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

const key = lockKey({ schema: 'public', version: 'limbeck_version' })

async function project() {
  const database = await createDatabase()
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'SELECT 1', down: 'SELECT 1' })
  return { database, migrations: folder.path }
}

/** Somebody with no right but CONNECT, on a connection of its own. */
async function squatter(database: TestDatabase) {
  const role = await newRole(database)
  const sql = postgres(role.url, { max: 1, connection: { application_name: 'squat "r"' } })
  onTestFinished(() => sql.end({ timeout: 0 }))
  const [own] = await sql`SELECT pg_backend_pid() AS pid`
  return { role, sql, pid: own?.pid as number }
}

/** Settles when that boot has begun to wait. */
function waiting(options: BootOptions) {
  let boot: Promise<BootReport> | undefined
  const begun = new Promise<void>((resolve) => {
    boot = initDb({
      ...options,
      onProgress: ({ state }) => {
        if (state === 'waiting') resolve()
      },
    })
  })
  return { begun, boot: boot as Promise<BootReport> }
}

test.each(['upgrade', 'wait'] as const)(
  'in mode %s a flood of notifications does not make a waiting process ask more often',
  async (mode) => {
    const { database, migrations } = await project()
    const { sql } = await squatter(database)
    await sql`SELECT pg_advisory_lock(${key.toString()}::bigint)`
    let asked = 0
    const proxy = await startProxy(database.url, { onMessage: () => asked++ })
    onTestFinished(() => proxy.close())
    const { begun, boot } = waiting({ url: proxy.url, migrations, mode, waitTimeout: 60_000 })
    await begun
    const [start, before] = [now(), asked]
    const channel = `limbeck_${BigInt.asUintN(64, key).toString(16)}`
    for (let sent = 0; sent < 300; sent++)
      await sql.unsafe(`${`BEGIN; NOTIFY ${channel}; COMMIT; `.repeat(10)}`)
    // Ten rounds in a second, each of at most four messages.
    expect(asked - before).toBeLessThanOrEqual(4 * ((now() - start) / 100 + 2))
    await sql.end({ timeout: 0 })
    if (mode === 'wait') await initDb({ url: database.url, migrations })
    expect((await boot).to).toEqual(['aaa1'])
  },
)

test('a wall clock that jumps ends no wait early, and lengthens none', async () => {
  const { database, migrations } = await project()
  const { sql } = await squatter(database)
  await sql`SELECT pg_advisory_lock(${key.toString()}::bigint)`
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  const options = { url: database.url, migrations }
  const { begun, boot } = waiting({ ...options, waitTimeout: 60_000 })
  await begun
  vi.setSystemTime(Date.now() + 3_600_000)
  const short = waiting({ ...options, waitTimeout: 1_500 })
  await short.begun
  vi.setSystemTime(Date.now() - 7_200_000)
  expect((await failure(short.boot)).code).toBe('LIMBECK_LOCK_TIMEOUT')
  await sql.end({ timeout: 0 })
  expect((await boot).outcome).toBe('created')
})

test('a lock that is squatted on names who holds it, and what to type', async () => {
  const { database, migrations } = await project()
  const { role, sql, pid } = await squatter(database)
  await sql`SELECT pg_advisory_lock(${key.toString()}::bigint)`
  const migrating = await newRole(database)
  await database.query(`GRANT ALL ON SCHEMA public TO "${migrating.name}"`)
  const errors = []
  for (const url of [database.url, migrating.url])
    errors.push(await failure(initDb({ url, migrations, waitTimeout: 0 })))
  const [seen, partly] = errors.map(({ message }) => message)
  const named = `process ${pid} (squat "r", role ${role.name}`
  expect(seen).toMatch(
    /, connected since \d{4}-\d\d-\d\dT[\d:]+Z\) held the migration lock for all of 0 s$/,
  )
  expect(seen).toContain(`${named}, connected since`)
  expect(partly).toBe(`${named}) held the migration lock for all of 0 s`)
  const typed = errors[0]?.details.hint?.match(/(?<=`)SELECT [^`]+/g) ?? []
  expect(typed).toHaveLength(2)
  for (const statement of typed) expect(await database.query(statement)).toHaveLength(1)
  expect((await initDb({ url: migrating.url, migrations })).outcome).toBe('created')
})

test('a lock that a prepared transaction keeps names that transaction', async () => {
  const { database, migrations } = await project()
  const { role, sql } = await squatter(database)
  const name = `it's ${role.name}`.replaceAll("'", "''")
  await sql.unsafe(`BEGIN; SELECT pg_advisory_xact_lock(${key}); PREPARE TRANSACTION '${name}'`)
  const { message, details } = await failure(
    initDb({ url: database.url, migrations, waitTimeout: 0 }),
  )
  expect(message).toContain(`prepared transaction "it's ${role.name}" (role ${role.name}, since 20`)
  const [, typed = ''] = details.hint?.match(/`(ROLLBACK PREPARED .*)`/) ?? []
  await sql.unsafe(typed)
  expect((await initDb({ url: database.url, migrations })).outcome).toBe('created')
})
