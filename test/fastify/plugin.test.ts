import { test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { atGate, closeGate, sleeping, until, untilFound } from '../support/until.ts'
import { id, revisions } from './revisions.ts'
import { start, table, untilState } from './start-plugin.ts'

test('every route answers 503 until the database is migrated, then it serves', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const gate = await closeGate(url)
  const migrations = await revisions(table, atGate)
  const app = await start({ url, migrations, retryAfterSeconds: 7 })
  for (const path of ['/before', '/things', '/no-such-route']) {
    const answer = await app.inject(path)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.json()).toMatchObject({
      statusCode: 503,
      error: 'Service Unavailable',
      code: 'LIMBECK_NOT_READY',
    })
  }
  expect((await app.inject('/health/live')).statusCode).toBe(200)
  await gate.open()
  expect(await app.limbeck.ready).toMatchObject({ outcome: 'created', to: [id(1)] })
  expect((await app.inject('/before')).body).toBe('before')
  expect((await app.inject('/things')).body).toBe('things')
  expect((await app.inject('/no-such-route')).statusCode).toBe(404)
})

test('/health and /health/ready tell how far the migration is, and what came of it', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const gate = await closeGate(url)
  const app = await start({ url, migrations: await revisions(table, atGate, 'SELECT 1;') })
  await until(() => {
    // The heads are read from the files meanwhile.
    const { step, heads } = app.limbeck.status().schema
    return step === id(1) && heads !== null
  })
  for (const path of ['/health', '/health/ready']) {
    const answer = await app.inject(path)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({
      status: 'starting',
      schema: {
        state: 'migrating',
        outcome: null,
        current: null,
        heads: [id(2)],
        pending: 2,
        step: id(1),
        progress: { position: 2, total: 3, rows: null },
        lockHolder: null,
      },
    })
  }
  await gate.open()
  await app.limbeck.ready
  for (const path of ['/health', '/health/ready']) {
    const answer = await app.inject(path)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: 'ready',
      schema: {
        state: 'ready',
        outcome: 'created',
        current: [id(2)],
        heads: [id(2)],
        pending: 0,
        step: null,
        progress: null,
        lockHolder: null,
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    })
  }
})

test('a failed revision: nothing is served, the report names revision, file:line and SQLSTATE', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const secret = 'CREATE TABLE things (id int PRIMARY KEY, note text DEFAULT $$topsecret$$);'
  const app = await start({
    url,
    migrations: await revisions(table, `SELECT 1;\n${secret}`),
    healthDetail: (request) => request.headers['x-operator'] === 'yes',
  })
  await expect(app.limbeck.ready).rejects.toMatchObject({ code: 'LIMBECK_STEP_FAILED' })
  expect((await app.inject('/things')).statusCode).toBe(503)
  expect((await app.inject('/health/live')).statusCode).toBe(503)
  const answer = await app.inject({ url: '/health/ready', headers: { 'x-operator': 'yes' } })
  expect(answer.statusCode).toBe(503)
  // Without leave: what happened to which revision, and not where.
  const closed = (await app.inject('/health/ready')).json()
  expect(closed.error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    revision: id(1),
    file: null,
    line: null,
    sqlstate: '42P07',
  })
  expect(answer.json()).toMatchObject({
    status: 'failed',
    schema: { state: 'failed', step: id(1), heads: [id(1)] },
    error: {
      code: 'LIMBECK_STEP_FAILED',
      revision: id(1),
      file: expect.stringContaining(`${id(1)}_step_1.sql`),
      line: 8,
      sqlstate: '42P07',
    },
  })
  for (const leak of ['topsecret', 'CREATE TABLE', 'postgres://', new URL(url).password])
    expect(answer.body).not.toContain(leak)
})

test('a wrong password is reported by its code, without the password', async ({ expect }) => {
  const { url } = await createDatabase()
  const wrong = new URL(url)
  wrong.password = 'wr0ng-passw0rd'
  const app = await start({ url: wrong.href, migrations: await revisions(table) })
  await expect(app.limbeck.ready).rejects.toMatchObject({ code: 'LIMBECK_AUTHENTICATION_FAILED' })
  const { body } = await app.inject('/health')
  expect(body).toContain('LIMBECK_AUTHENTICATION_FAILED')
  expect(body).not.toContain('wr0ng-passw0rd')
})

test('a migration longer than the plugin timeout does not break the start', async ({ expect }) => {
  const { url } = await createDatabase()
  const migrations = await revisions('SELECT pg_sleep(2);')
  const app = await start({ url, migrations }, { pluginTimeout: 1_500 })
  expect(await app.limbeck.ready).toMatchObject({ outcome: 'created' })
})

test('a second replica waits, names who holds the lock, and migrates nothing', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const gate = await closeGate(url)
  const migrations = await revisions(table, atGate)
  const first = await start({ url, migrations })
  await untilState(first, 'migrating')
  const second = await start({ url, migrations })
  const { lockHolder } = await untilState(second, 'waiting')
  expect(lockHolder).toMatchObject({ pid: expect.any(Number), application: expect.any(String) })
  expect((await second.inject('/things')).statusCode).toBe(503)
  await gate.open()
  expect(await second.limbeck.ready).toMatchObject({ outcome: 'waited', applied: [] })
  expect((await second.inject('/health')).json()).toMatchObject({
    schema: { outcome: 'waited', current: [id(1)], lockHolder: null },
  })
})

test('closing the app stops a running migration and leaves no half of it', async ({ expect }) => {
  const database = await createDatabase()
  const app = await start({
    url: database.url,
    migrations: await revisions(table, 'CREATE TABLE half ();\nSELECT pg_sleep(60);'),
  })
  await untilFound(database, sleeping)
  await app.close()
  await expect(app.limbeck.ready).rejects.toMatchObject({ code: 'LIMBECK_CANCELLED' })
  expect(await database.query('SELECT version_num FROM limbeck_version')).toMatchObject([
    { version_num: id(0) },
  ])
  expect(await database.query(`SELECT to_regclass('half') AS half`)).toMatchObject([{ half: null }])
})
