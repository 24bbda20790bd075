import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import limbeck, { type LimbeckPluginOptions } from 'limbeck/fastify'
import { expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { freePort } from '../support/server.ts'
import { until } from '../support/until.ts'
import { revisions } from './revisions.ts'

async function start(options: LimbeckPluginOptions) {
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(limbeck, options)
  await app.ready()
  return app
}

test('a server that cannot be reached is tried again, and served once it is', async () => {
  const to = new URL((await createDatabase()).url)
  const upstream = { host: to.hostname, port: Number(to.port) }
  const proxy = createServer((socket) => {
    const other = connect(upstream)
    for (const end of [socket, other]) end.on('error', () => socket.destroy())
    socket.pipe(other).pipe(socket)
  })
  const port = await freePort()
  const url = Object.assign(new URL(to), { hostname: '127.0.0.1', port: String(port) }).href
  const migrations = await revisions('CREATE TABLE things (id int);')
  const app = await start({ url, migrations, connectTimeout: 0 })
  await expect(app.limbeck.ready).rejects.toMatchObject({ code: 'LIMBECK_CONNECTION_FAILED' })
  onTestFinished(() => void proxy.close())
  await once(proxy.listen(port, '127.0.0.1'), 'listening')
  await until(() => app.limbeck.status().status !== 'starting')
  expect(app.limbeck.status()).toMatchObject({ status: 'ready', schema: { outcome: 'created' } })
  expect(app.limbeck.status()).not.toHaveProperty('error')
})

test('meanwhile it is starting and alive, and health has the reason', async () => {
  const migrations = await revisions('CREATE TABLE things (id int);')
  const app = await start({
    url: 'postgres://app:pw@127.0.0.1:1/shop',
    migrations,
    connectTimeout: 0,
  })
  await expect(app.limbeck.ready).rejects.toMatchObject({ code: 'LIMBECK_CONNECTION_FAILED' })
  const { statusCode, body } = await app.inject('/health/ready')
  expect(statusCode).toBe(503)
  expect(JSON.parse(body)).toMatchObject({
    status: 'starting',
    schema: { state: 'connecting' },
    error: { code: 'LIMBECK_CONNECTION_FAILED' },
  })
  expect((await app.inject('/health/live')).statusCode).toBe(200)
})

test('what has failed for good is not alive; close closes the app', async () => {
  const { url } = await createDatabase()
  const migrations = await revisions('SELECT 1/0;')
  const stays = await start({ url, migrations })
  await stays.limbeck.ready.catch(() => {})
  expect((await stays.inject('/health/live')).statusCode).toBe(503)

  const app = Fastify()
  const closed = new Promise<void>((resolve) => {
    app.addHook('onClose', async () => resolve())
  })
  await app.register(limbeck, { url, migrations, onFailure: 'close' })
  await app.ready()
  await closed
})

test('exit ends the process', async () => {
  const { url } = await createDatabase()
  const options = { url, migrations: await revisions('SELECT 1/0;'), onFailure: 'exit' }
  const code = `
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
const app = Fastify()
app.register(limbeck, ${JSON.stringify(options)})
await app.listen({ port: 0, host: '127.0.0.1' })`
  const run = promisify(execFile)('node', ['--input-type=module', '--eval', code])
  await expect(run).rejects.toMatchObject({ code: 1 })
})
