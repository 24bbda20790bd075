import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { createDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { failure } from '../support/revisions.ts'

const target = (url: string) => ({ url, applicationName: 'limbeck test', connectTimeoutMs: 0 })
const ask = 'SELECT pg_backend_pid() AS pid'

test('an async password function is asked for every connection', async () => {
  const url = new URL(inject('serverUrl'))
  const { password } = url
  url.password = ''
  let asked = 0
  const withToken = {
    ...target(url.href),
    password: async () => {
      await sleep(5)
      asked += 1
      return decodeURIComponent(password)
    },
  }
  for (const round of [1, 2]) {
    await withConnection(withToken, ask, async ({ greeting }) => expect(greeting).toHaveLength(1))
    expect(asked).toBe(round)
  }
})

test('a lost connection stays lost: it never comes back as another session', async () => {
  const database = await createDatabase()
  await withConnection(target(database.url), ask, async (connection) => {
    await database.query(`SELECT pg_terminate_backend(${connection.announcedPid()})`)
    while (!connection.isLost()) await sleep(5)
    const error = await failure(connection.query('SELECT 1'))
    expect(error.code).toBe('LIMBECK_CONNECTION_LOST')
  })
})

test('a statement that is running when the connection dies fails, and closing does not hang', async () => {
  const database = await createDatabase()
  await withConnection(target(database.url), ask, async (connection) => {
    const running = failure(connection.query('SELECT pg_sleep(30)'))
    await database.query(`SELECT pg_terminate_backend(${connection.announcedPid()})`)
    expect(['LIMBECK_CONNECTION_LOST', '57P01']).toContain((await running).code)
  })
})

test('a query that is sent between the reset of a connection and its end fails too', async () => {
  const { hostname, port } = new URL(inject('serverUrl'))
  const clients: net.Socket[] = []
  const proxy = net.createServer((client) => {
    clients.push(client)
    const upstream = net.connect(Number(port || 5432), hostname)
    client.on('error', () => {}).on('close', () => upstream.destroy())
    client.pipe(upstream).pipe(client)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const { port: own } = proxy.address() as net.AddressInfo
  const url = new URL(inject('serverUrl'))
  Object.assign(url, { hostname: '127.0.0.1', port: String(own) })
  await withConnection(target(url.href), ask, async ({ query, sql }) => {
    const running = failure(query('SELECT pg_sleep(30)'))
    // Past Limbeck's own check: what a revision's code may send.
    const next = sql`SELECT pg_sleep(30)`.catch(() => failure(query('SELECT 1')))
    for (const client of clients) client.resetAndDestroy()
    expect((await running).code).toBe('LIMBECK_CONNECTION_LOST')
    expect((await next) as { code: string }).toMatchObject({ code: 'LIMBECK_CONNECTION_LOST' })
  })
  proxy.close()
})

test('a server that is not up yet is tried again until connectTimeout, and each try is told', async () => {
  const retries: string[] = []
  const error = await failure(
    withConnection(
      {
        ...target('postgres://postgres@127.0.0.1:1/postgres'),
        connectTimeoutMs: 3_000,
        onRetry: (facts) => retries.push(facts.error),
      },
      ask,
      async () => {},
    ),
  )
  expect(error.code).toBe('LIMBECK_CONNECTION_FAILED')
  // After 100, 200, 400 and 800 ms; the next would be too late, however long each try takes.
  expect(retries).toEqual(Array(4).fill('ECONNREFUSED'))
})

test('an abort ends the tries at once', async () => {
  const signal = AbortSignal.timeout(50)
  const error = await failure(
    withConnection(
      { ...target('postgres://postgres@127.0.0.1:1/postgres'), connectTimeoutMs: 60_000, signal },
      ask,
      async () => {},
    ),
  )
  expect(['LIMBECK_CANCELLED', 'LIMBECK_CONNECTION_FAILED']).toContain(error.code)
})

test('a connection that breaks at any message fails, and nothing is thrown where nobody can catch it', async () => {
  const uncaught: unknown[] = []
  const note = (error: unknown) => uncaught.push(error)
  process.on('unhandledRejection', note)
  for (const fetchTypes of [false, true])
    for (let index = 0; index < 3; index++) {
      const proxy = await startProxy(inject('serverUrl'), {
        afterMessage: (message) => message.index === index && void proxy.close(),
      })
      const options = { ...target(proxy.url), fetchTypes }
      const ending = withConnection(options, ask, async ({ query }) => {
        for (;;) await query('SELECT 1')
      })
      expect((await failure(ending)).code).toMatch(/^LIMBECK_CONNECTION_(?:LOST|FAILED)$/)
    }
  await sleep(20)
  process.off('unhandledRejection', note)
  expect(uncaught).toEqual([])
})
