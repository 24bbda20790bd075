import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import { onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { atGate, closeGate } from '../support/until.ts'
import { revisions } from './revisions.ts'
import { start, table, untilState } from './start-plugin.ts'

test('gate: false serves at once, and has health and app.limbeck all the same', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const { open } = await closeGate(url)
  const app = await start({ url, migrations: await revisions(atGate), gate: false })
  expect((await app.inject('/things')).statusCode).toBe(200)
  expect((await app.inject('/health/ready')).statusCode).toBe(503)
  await open()
  await app.limbeck.ready
  expect((await app.inject('/health/ready')).statusCode).toBe(200)
})

test('a route with config.limbeck open answers during the migration', async ({ expect }) => {
  const { url } = await createDatabase()
  await closeGate(url)
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(limbeck, { url, migrations: await revisions(atGate) })
  app.get('/metrics', { config: { limbeck: 'open' } }, async () => 'metrics')
  expect((await app.inject('/metrics')).body).toBe('metrics')
})

test('the refusal keeps its form on routes with a 503 schema of their own', async ({ expect }) => {
  const { url } = await createDatabase()
  await closeGate(url)
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(limbeck, { url, migrations: await revisions(atGate) })
  const response = { '5xx': { type: 'object', required: ['own'], properties: { own: {} } } }
  app.get('/own', { schema: { response } }, async () => 'own')
  const answer = await app.inject('/own')
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toMatchObject({ code: 'LIMBECK_NOT_READY' })
})

test('the options may be frozen, the health path chosen', async ({ expect }) => {
  const { url } = await createDatabase()
  const options = { url, migrations: await revisions(table), healthPath: '/status' }
  const app = await start(Object.freeze(options))
  await app.limbeck.ready
  expect((await app.inject('/status/ready')).statusCode).toBe(200)
  expect((await app.inject('/health')).statusCode).toBe(404)
})

test('a migration that nobody awaits fails without an unhandled rejection', async ({ expect }) => {
  const { url } = await createDatabase()
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const app = await start({ url, migrations: await revisions('SELECT 1/0;') })
  await untilState(app, 'failed')
  await delay(20)
  expect(unhandled).toEqual([])
})

test('mode off serves without a look at the database', async ({ expect }) => {
  const url = 'postgres://nobody:nothing@127.0.0.1:1/nowhere'
  const app = await start({ url, migrations: await revisions(table), mode: 'off' })
  expect(await app.limbeck.ready).toMatchObject({ outcome: 'off' })
  expect((await app.inject('/health')).json()).toMatchObject({
    status: 'ready',
    schema: { outcome: 'off', current: null, pending: null },
  })
})
