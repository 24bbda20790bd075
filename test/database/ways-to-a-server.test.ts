import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { type Cluster, newCluster } from '../support/cluster.ts'
import { newDatabase } from '../support/database.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { revisionFolder } from '../support/revisions.ts'
import { freePort } from '../support/server.ts'

const folder = `/tmp/limbeck-ways-${process.pid}`
let cluster: Cluster
let port: string
let closed: number
const stops: (() => unknown)[] = []

beforeAll(async () => {
  cluster = await newCluster({ folder, settings: [`unix_socket_directories=${folder}`] })
  await cluster.start()
  stops.push(() => cluster.remove())
  port = new URL(cluster.url).port
  closed = await freePort()
})

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

/** The same server at the loopback of IPv6; null where the machine has none. */
async function onIpv6(to: number): Promise<number | null> {
  const relay = net.createServer((client) => {
    const upstream = net.connect(to, '127.0.0.1')
    const destroy = () => [client, upstream].map((socket) => socket.destroy())
    for (const socket of [client, upstream]) socket.on('error', destroy).on('close', destroy)
    client.pipe(upstream).pipe(client)
  })
  const listening = await new Promise<boolean>((resolve) => {
    relay.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true))
  })
  if (!listening) return null
  stops.push(() => relay.close())
  return (relay.address() as net.AddressInfo).port
}

/** What the first boot does, the next one at head, and one behind that builds an index concurrently. */
async function boots(address: string, query = ''): Promise<readonly string[]> {
  const { name } = await newDatabase(cluster.url)
  const revisions = await revisionFolder()
  const options = {
    url: `postgres://postgres:sesame@${address}/${name}${query}`,
    migrations: revisions.path,
  }
  await revisions.sql('aaa1', { up: 'CREATE TABLE t (id int);' })
  const outcomes = [(await initDb(options)).outcome, (await initDb(options)).outcome]
  await revisions.sql('bbb2', {
    revises: 'aaa1',
    head: ['transaction: none'],
    up: 'CREATE INDEX CONCURRENTLY t_id ON t (id);',
  })
  return [...outcomes, (await initDb(options)).outcome]
}

const all = ['created', 'current', 'upgraded']

test('a Unix socket, as a host in the URL and as a parameter', async () => {
  const directory = encodeURIComponent(folder)
  expect(await boots(`${directory}:${port}`)).toEqual(all)
  expect(await boots('', `?host=${directory}&port=${port}`)).toEqual(all)
})

test('a Unix socket behind a host that does not answer', async () => {
  const directory = encodeURIComponent(folder)
  expect(await boots(`127.0.0.1:${closed},${directory}:${port}`)).toEqual(all)
})

test('the loopback of IPv6, alone and behind hosts that do not answer', async (context) => {
  const own = await onIpv6(Number(port))
  if (own === null) return context.skip('this machine has no loopback of IPv6')
  expect(await boots(`[::1]:${own}`)).toEqual(all)
  expect(await boots(`[::1]:${closed},127.0.0.1:${closed},[::1]:${own}`)).toEqual(all)
})

test.runIf(await hasPgBouncer()).each(['session', 'transaction'] as const)(
  'a pooler in %s mode at the loopback of IPv6',
  async (mode) => {
    const pooler = await startPgBouncer(cluster.url.replace('postgres@', 'postgres:sesame@'), {
      mode,
    })
    stops.push(() => pooler.stop())
    const own = await onIpv6(Number(new URL(pooler.url).port))
    if (own === null) return
    const reached = boots(`127.0.0.1:${closed},[::1]:${own}`)
    if (mode === 'session') expect(await reached).toEqual(all)
    // What runs outside transactions is refused there.
    else await expect(reached).rejects.toMatchObject({ code: 'LIMBECK_POOLED_CONNECTION' })
  },
)
