import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { newCluster } from '../support/cluster.ts'
import { failure } from '../support/revisions.ts'

const run = promisify(execFile)
const hasOpenssl = await run('openssl', ['version']).then(
  () => true,
  () => false,
)

/** A server that speaks TLS with a certificate of its own making. */
async function tlsServer() {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-tls-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const cluster = await newCluster({ folder: `${folder}/cluster`, settings: ['ssl=on'] })
  onTestFinished(() => cluster.remove())
  const [key, certificate] = [`${cluster.folder}/server.key`, `${cluster.folder}/server.crt`]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  await run('openssl', [...request, '-subj', '/CN=x', '-keyout', key, '-out', certificate])
  for (const file of [key, certificate]) {
    await run('chown', ['--reference', cluster.folder, file])
    await chmod(file, 0o600)
  }
  await cluster.start()
  return cluster
}

/** Passes bytes on, until it falls silent without closing anything; new connections go through. */
async function muteProxy(target: string) {
  const { port } = new URL(target)
  const links: { mute: boolean }[] = []
  const sockets: net.Socket[] = []
  const server = net.createServer((client) => {
    const link = { mute: false }
    const upstream = net.connect(Number(port), '127.0.0.1')
    links.push(link)
    sockets.push(client, upstream)
    client.on('error', () => {}).on('data', (bytes) => link.mute || upstream.write(bytes))
    upstream.on('error', () => {}).on('data', (bytes) => link.mute || client.write(bytes))
    client.on('close', () => link.mute || upstream.destroy())
    upstream.on('close', () => link.mute || client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = new URL(target)
  url.port = String((server.address() as net.AddressInfo).port)
  url.searchParams.set('sslmode', 'require')
  const silence = () => {
    for (const link of links) link.mute = true
  }
  return { url: url.href, silence }
}

test.runIf(hasOpenssl)(
  'with TLS too a connection that fell silent is noticed, and its session ended on the server',
  async () => {
    const server = await tlsServer()
    const proxy = await muteProxy(server.url)
    const target = { url: proxy.url, applicationName: 'limbeck test', connectTimeoutMs: 0 }
    const error = await failure(
      withConnection(target, 'SELECT 1', async ({ query, announcedPid }) => {
        const [row] = await query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
        expect(row).toEqual({ ssl: true })
        proxy.silence()
        const lost = await failure(query('SELECT 1'))
        const left = `SELECT FROM pg_stat_activity WHERE pid = ${announcedPid()}`
        await withConnection({ ...target, url: server.url }, left, async ({ greeting }) =>
          expect(greeting).toEqual([]),
        )
        throw lost
      }),
    )
    expect(error.code).toBe('LIMBECK_CONNECTION_LOST')
  },
)

test.runIf(hasOpenssl)('with TLS too a server that crashes fails what is running', async () => {
  const server = await tlsServer()
  const target = {
    url: `${server.url}?sslmode=require`,
    applicationName: 'limbeck test',
    connectTimeoutMs: 0,
  }
  await withConnection(target, 'SELECT 1', async ({ query }) => {
    const running = failure(query('SELECT pg_sleep(60)'))
    await server.stop('immediate')
    expect((await running).code).toMatch(/^(?:LIMBECK_CONNECTION_LOST|57P0[12])$/)
    expect((await failure(query('SELECT 1'))).code).toBe('LIMBECK_CONNECTION_LOST')
  })
})
