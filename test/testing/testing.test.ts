import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import { createMigrator, initDb } from 'limbeck'
import {
  assertAgrees,
  createTestDatabases,
  databaseFixture,
  matchers,
  useTestDatabase,
} from 'limbeck/testing'
import * as vitest from 'vitest'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { withSql } from '../support/database.ts'
import { revisionFolder } from '../support/revisions.ts'

const run = promisify(execFile)
const server = inject('serverUrl')

const ask = <T>(url: string, query: string) =>
  withSql(url, (sql) => sql.unsafe(query) as unknown as Promise<readonly T[]>)

async function chain(steps = 1) {
  const folder = await revisionFolder()
  for (let at = 1; at <= steps; at++) {
    const id = String(at).padStart(12, 'a')
    await folder.sql(id, {
      revises: at === 1 ? '' : String(at - 1).padStart(12, 'a'),
      up: `CREATE TABLE t${at} (id int PRIMARY KEY); INSERT INTO t${at} VALUES (${at});`,
      down: `DROP TABLE t${at};`,
    })
  }
  return folder
}

async function open(options: Parameters<typeof createTestDatabases>[0] = {}) {
  const databases = await createTestDatabases({ server, ...options })
  onTestFinished(() => databases.close())
  return databases
}

const count = async (url: string) =>
  (await ask<{ n: number }>(url, 'SELECT count(*)::int AS n FROM t1'))[0]?.n

describe('test databases', () => {
  test('are migrated, apart from each other, reset to what they were, and gone at the end', async () => {
    const migrations = (await chain()).path
    const databases = await createTestDatabases({ server, migrations })
    const [one, other] = await Promise.all([databases.create(), databases.create()])
    await ask(one.url, 'DELETE FROM t1')
    expect([await count(one.url), await count(other.url)]).toEqual([0, 1])
    await one.reset()
    expect(await count(one.url)).toBe(1)
    expect(await initDb({ url: one.url, migrations })).toMatchObject({ outcome: 'current' })
    await databases.close()
    const left = await ask(
      server,
      `SELECT FROM pg_database WHERE datname IN ('${one.name}', '${other.name}')`,
    )
    expect(left.length).toBe(0)
  })

  test('come from one template for all workers, and from another one when a file is edited', async () => {
    const folder = await chain()
    const all = await Promise.all([1, 2, 3].map(() => open({ migrations: folder.path })))
    const made = await Promise.all(all.map((databases) => databases.create()))
    expect(await Promise.all(made.map(({ url }) => count(url)))).toEqual([1, 1, 1])
    await folder.sql('1'.padStart(12, 'a'), {
      up: 'CREATE TABLE t1 (id int); INSERT INTO t1 VALUES (1), (2);',
      down: 'DROP TABLE t1;',
    })
    const edited = await (await open({ migrations: folder.path })).create()
    expect(await count(edited.url)).toBe(2)
  })

  test('may be built from the models', async () => {
    const models = { t1: pgTable('t1', { id: integer().primaryKey(), more: integer() }) }
    const folder = await revisionFolder()
    await folder.sql('aaaaaaaaaaaa', {
      up: 'CREATE TABLE t1 (id int PRIMARY KEY); INSERT INTO t1 VALUES (1);',
      head: ['fresh: skip'],
    })
    const options = { migrations: folder.path, models, source: 'models' as const }
    const { url } = await (await open(options)).create()
    expect(await ask(url, 'SELECT more FROM t1')).toEqual([])
  })

  test('that a killed run has left are dropped by the next one', async () => {
    const migrations = (await chain()).path
    const script = `
      const { createTestDatabases } = await import(${JSON.stringify(path.resolve('dist/lib/testing.js'))})
      const databases = await createTestDatabases(${JSON.stringify({ server, migrations })})
      console.log((await databases.create()).name)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [name] = await once(createInterface({ input: child.stdout }), 'line')
    const exists = async () =>
      (await ask(server, `SELECT FROM pg_database WHERE datname = '${name}'`)).length
    expect(await exists()).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // PostgreSQL sees the end of a connection when it looks for it.
    while ((await exists()) === 1) await open({ migrations })
  })
})

describe('fixtures', () => {
  const folder = mkdtemp(path.join(tmpdir(), 'limbeck-fixtures-')).then(async (place) => {
    const text =
      '-- t\n--\n-- revision: aaaa00000001\n-- revises:\n-- irreversible: test\n\n-- +upgrade\n'
    await writeFile(path.join(place, 'aaaa00000001_t.sql'), `${text}CREATE TABLE t1 (id int);\n`)
    return place
  })
  vitest.afterAll(async () => await rm(await folder, { recursive: true, force: true }))

  describe('for hooks', async () => {
    const database = useTestDatabase(vitest, { server, migrations: await folder })
    const seen: string[] = []
    test.for([1, 2])('gives each test a database of its own (%s)', async () => {
      expect(await count(database().url)).toBe(0)
      await ask(database().url, 'INSERT INTO t1 VALUES (1)')
      expect(seen).not.toContain(database().name)
      seen.push(database().name)
    })
  })

  const databases = folder.then((migrations) => createTestDatabases({ server, migrations }))
  vitest.afterAll(async () => await (await databases).close())
  test.extend<{ database: { url: string } }>({
    database: async ({ task }, use) => databaseFixture(await databases)({ task }, use),
  })('for test.extend', async ({ database }) => {
    expect(await count(database.url)).toBe(0)
  })
})

describe('a server for a whole run', () => {
  const script = `
    const { createTestDatabases, startTestServer } = await import(${JSON.stringify(path.resolve('dist/lib/testing.js'))})
    const { url, source, noContainer, stop } = await startTestServer({ settings: ['max_connections=41'], image: process.env.TEST_POSTGRES_IMAGE })
    const databases = await createTestDatabases({ migrations: process.env.FOLDER })
    const { default: postgres } = await import(${JSON.stringify(import.meta.resolve('postgres'))})
    const sql = postgres((await databases.create()).url, { max: 1 })
    const [row] = await sql\`SELECT count(*)::int AS rows, current_setting('max_connections') AS most FROM t1\`
    await sql.end()
    await databases.close()
    console.log(JSON.stringify({ ...row, source, noContainer, same: process.env.TEST_DATABASE_URL === url }))
    await stop()`

  const start = async () => {
    const { TEST_DATABASE_URL: _, ...env } = process.env
    const args = ['--input-type=module', '-e', script]
    const FOLDER = (await chain()).path
    const image = { TEST_POSTGRES_IMAGE: 'postgres:17-alpine', ...env }
    const { stdout } = await run(process.execPath, args, { env: { ...image, FOLDER } })
    return JSON.parse(stdout)
  }
  let once: ReturnType<typeof start> | undefined
  const started = () => {
    once ??= start()
    return once
  }

  test('is started where there is none, named by TEST_DATABASE_URL, and gone at the end', async () => {
    const { source, noContainer, ...seen } = await started()
    expect(seen).toEqual({ rows: 1, most: '41', same: true })
    // The package is installed here: where no engine answers it is said why.
    expect(source === 'testcontainers').toBe(noContainer === undefined)
  })

  test('is a container where a Docker engine answers', async ({ skip }) => {
    const { source, noContainer } = await started()
    if (noContainer !== undefined) skip(`no container: ${noContainer.split('\n', 1)[0]}`)
    expect(source).toBe('testcontainers')
  })
})

test('toAgree and assertAgrees list what models and revisions do not agree upon', async () => {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE t1 (id int PRIMARY KEY);', down: 'DROP TABLE t1;' })
  const migrations = folder.path
  const { url } = await (await open({ migrations })).create()
  const t1 = pgTable('t1', { id: integer().primaryKey() })
  const wrong = pgTable('t1', { id: integer().primaryKey(), more: integer() })
  const check = async (models: object) => {
    const migrator = createMigrator({ url, migrations, models: { ...models } })
    onTestFinished(() => migrator.close())
    return await migrator.check()
  }
  const agreed = await check({ t1 })
  expect(matchers.toAgree(agreed).pass).toBe(true)
  assertAgrees(agreed)
  const different = await check({ wrong })
  expect(matchers.toAgree(different)).toMatchObject({ pass: false })
  expect(() => assertAgrees(different)).toThrow(/more/)
})
