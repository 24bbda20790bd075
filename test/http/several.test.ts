import Fastify, { type FastifyInstance } from 'fastify'
import { initDb } from 'limbeck'
import limbeck, { type LimbeckDecoration } from 'limbeck/fastify'
import { joinGates, startGate } from 'limbeck/http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { id, revisions } from '../fastify/revisions.ts'
import { createDatabase } from '../support/postgres.ts'
import { atGate, closeGate, until } from '../support/until.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly billing: LimbeckDecoration
  }
}

const table = 'CREATE TABLE things (id int PRIMARY KEY);'

/** A database whose one revision waits until `release` is called. */
async function held() {
  const { url } = await createDatabase()
  const { open } = await closeGate(url)
  return { url, migrations: await revisions(`${atGate} ${table}`), release: open }
}

async function quick() {
  const { url } = await createDatabase()
  return { url, migrations: await revisions(table, 'SELECT 1;') }
}

describe('two databases of one Fastify', () => {
  async function start() {
    const { release, ...billing } = await held()
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(limbeck, await quick())
    await app.register(limbeck, { ...billing, name: 'billing' })
    app.get('/things', async () => 'things')
    await app.ready()
    return { app, release }
  }

  test('serve when both are ready, and each tells its own health', async () => {
    const { app, release } = await start()
    const status = async (path: string) => (await app.inject(path)).statusCode
    await app.limbeck.ready
    expect(await status('/things')).toBe(503)
    expect(await status('/health')).toBe(200)
    expect(await status('/health/billing')).toBe(503)
    // The process is not ready, and alive, whichever of them is asked.
    for (const path of ['/health', '/health/billing']) {
      expect(await status(`${path}/ready`)).toBe(503)
      expect(await status(`${path}/live`)).toBe(200)
    }
    await release()
    await app.billing.ready
    expect(await status('/things')).toBe(200)
    expect((await app.inject('/health')).json().schema.current).toEqual([id(1)])
    expect((await app.inject('/health/billing')).json().schema.current).toEqual([id(0)])
    expect(await status('/health/ready')).toBe(200)
  })

  test('are not alive when one has failed for good', async () => {
    const { url } = await createDatabase()
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(limbeck, await quick())
    const migrations = await revisions('SELECT 1/0;')
    await app.register(limbeck, { url, migrations, name: 'billing' })
    await app.ready()
    await app.limbeck.ready
    await expect(app.billing.ready).rejects.toMatchObject({ code: 'LIMBECK_STEP_FAILED' })
    expect((await app.inject('/health')).statusCode).toBe(200)
    expect((await app.inject('/health/live')).statusCode).toBe(503)
    expect((await app.inject('/health/ready')).json()).toMatchObject({ status: 'failed' })
  })

  test('take names of their own; without one the second is refused', async () => {
    const app = Fastify()
    onTestFinished(() => app.close())
    const options = { ...(await quick()), mode: 'off' } as const
    await app.register(limbeck, options)
    const again = async (more: { name?: string }) =>
      await app.register(limbeck, { ...options, ...more })
    await expect(again({})).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_OPTION',
      message: expect.stringContaining('"limbeck"'),
    })
  })

  test('in scopes of their own close their own routes only', async () => {
    const { release, ...billing } = await held()
    const app = Fastify()
    onTestFinished(() => app.close())
    const scope = (options: typeof billing) => async (part: FastifyInstance) => {
      await part.register(limbeck, options)
      part.get('/things', async () => await part.limbeck.status().status)
    }
    app.register(scope(await quick()), { prefix: '/orders' })
    app.register(scope(billing), { prefix: '/billing' })
    await app.ready()
    const status = async (path: string) => (await app.inject(path)).statusCode
    await until(async () => (await status('/orders/things')) === 200)
    expect(await status('/orders/health')).toBe(200)
    expect(await status('/billing/things')).toBe(503)
    expect(await status('/orders/health/ready')).toBe(503)
    await release()
    await until(async () => (await status('/billing/things')) === 200)
    expect(await status('/orders/health/ready')).toBe(200)
  })
})

describe('two gates in front of one handler', () => {
  test('open when both are ready, and neither hides the health of the other', async () => {
    const { release, ...options } = await held()
    const orders = startGate(options)
    const billing = startGate({ ...(await quick()), healthPath: '/health/billing' })
    const gates = joinGates(orders, billing)
    onTestFinished(() => gates.close())
    const handler = gates.fetch(() => new Response('things'))
    const ask = async (path: string) => (await handler(new Request(`http://host${path}`))).status
    await billing.ready
    expect(await ask('/things')).toBe(503)
    expect(await ask('/health')).toBe(503)
    expect(await ask('/health/billing')).toBe(200)
    expect(await ask('/health/billing/ready')).toBe(503)
    expect(await ask('/health/billing/live')).toBe(200)
    await release()
    await orders.ready
    expect(await ask('/things')).toBe(200)
    expect(await ask('/health/billing/ready')).toBe(200)
  })

  test('are refused at one path', async () => {
    const options = { ...(await quick()), mode: 'off' } as const
    const both = [startGate(options), startGate(options)]
    onTestFinished(async () => void (await Promise.all(both.map((gate) => gate.close()))))
    expect(() => joinGates(...both)).toThrow(/two gates answer at \/health/)
  })
})

describe('boots at the same time in one process', () => {
  test('of two databases do not touch each other', async () => {
    const all = await Promise.all([quick(), quick(), quick()])
    const reports = await Promise.all(all.map((options) => initDb(options)))
    expect(reports.map(({ outcome, to }) => [outcome, ...to])).toEqual(
      all.map(() => ['created', id(1)]),
    )
  })

  test('of one database migrate it once', async () => {
    const options = await quick()
    const reports = await Promise.all([1, 2, 3, 4].map(() => initDb(options)))
    const applied = reports.flatMap((report) => report.applied)
    expect(applied.toSorted()).toEqual([id(0), id(1)])
  })

  test('of two services in one schema keep apart what each has', async () => {
    const { url, query } = await createDatabase()
    const orders = await revisions('CREATE TABLE orders (id int);', 'SELECT 1;')
    const billing = await revisions('CREATE TABLE bills (id int);')
    await Promise.all([
      initDb({ url, migrations: orders, ignoreTables: ['bills'] }),
      initDb({
        url,
        migrations: billing,
        versionTable: 'billing_version',
        ignoreTables: ['orders'],
      }),
    ])
    expect(await query('SELECT version_num FROM limbeck_version')).toEqual([{ version_num: id(1) }])
    expect(await query('SELECT version_num FROM billing_version')).toEqual([{ version_num: id(0) }])
  })
})

test('a health path may be written with slashes or without, and may be the root', async () => {
  const options = { ...(await quick()), mode: 'off' } as const
  for (const [healthPath, asked] of [
    ['/status/', '/status'],
    ['status', '/status'],
    ['/', ''],
  ] as const) {
    const gate = startGate({ ...options, healthPath })
    const app = Fastify()
    onTestFinished(async () => void (await Promise.all([gate.close(), app.close()])))
    await app.register(limbeck, { ...options, healthPath })
    await Promise.all([gate.ready, app.limbeck.ready])
    for (const path of [asked || '/', `${asked}/ready`, `${asked}/live?x=1`]) {
      expect(gate.answer(new Request(`http://host${path}`))?.status, path).toBe(200)
      expect((await app.inject(path)).statusCode, path).toBe(200)
    }
  }
})
