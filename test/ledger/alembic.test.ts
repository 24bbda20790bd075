import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { rootFolder } from '../support/root-folder.ts'

const head = '9c0d1e2f3a4b'

/** A project of Alembic with branches, a merge, a dependency and an autocommit block, and what its offline mode says. */
function alembicProject(): string {
  const root = rootFolder()
  cpSync(join(import.meta.dirname, 'alembic'), root, { recursive: true })
  return root
}

async function imported(root: string, url: string) {
  const migrations = join(root, 'revisions')
  const script = join(root, 'alembic.sql')
  const report = await importHistory({ tool: 'alembic', folder: script, into: migrations })
  return { report, options: { url, migrations, versionTable: 'alembic_version' } }
}

test("the script of Alembic's offline mode becomes revisions with its ids, graph, dates and words", async () => {
  const root = alembicProject()
  const { report, options } = await imported(root, 'postgres://none.invalid/none')
  expect(report).toMatchObject({ tool: 'alembic', written: { length: 9 }, downgrades: 9 })
  const { show, heads } = createMigrator(options)
  expect((await heads()).map(({ revision }) => revision)).toEqual([head])
  expect(await show('8b9c0d1e2f3a')).toMatchObject([
    {
      parents: ['7a8b9c0d1e2f'],
      dependsOn: ['5e6f7a8b9c0d'],
      message: 'logs of orders',
      created: '2024-03-08T10:11:12Z',
    },
  ])
  expect(await show('5e6f7a8b9c0d')).toMatchObject([{ parents: ['3c4d5e6f7a8b', '4d5e6f7a8b9c'] }])
  const concurrent = readFileSync(report.written.at(-2)?.file ?? '', 'utf8')
  expect(concurrent).toContain('-- transaction: none')
  const texts = report.written.map(({ file }) => readFileSync(file, 'utf8')).join('')
  expect(texts).not.toContain('alembic_version')
})

test('a database that Alembic has brought somewhere goes on from there, and back', async () => {
  const database = await createDatabase()
  await database.query(
    "CREATE TABLE alembic_version (version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY); INSERT INTO alembic_version VALUES ('1a2b3c4d5e6f'); CREATE TYPE order_state AS ENUM ('open', 'closed'); CREATE TABLE orders (id serial PRIMARY KEY, state order_state NOT NULL)",
  )
  const { options } = await imported(alembicProject(), database.url)
  expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', to: [head] })
  expect(await database.query('SELECT note FROM orders')).toEqual([
    { note: 'a;b -- Running upgrade x -> y' },
  ])
  await createMigrator(options).downgrade('base')
  expect(await database.query('SELECT * FROM alembic_version')).toEqual([])
})

test('without the files in Python, ids and what a revision depends on are those of the script', async () => {
  const root = alembicProject()
  rmSync(join(root, 'versions'), { recursive: true })
  const { options } = await imported(root, 'postgres://none.invalid/none')
  expect(await createMigrator(options).show('8b9c0d1e2f3a')).toMatchObject([
    { dependsOn: ['5e6f7a8b9c0d'], message: 'revision 8b9c0d1e2f3a of Alembic' },
  ])
})

test('a script that begins in the middle, or is none, is refused', async () => {
  const root = alembicProject()
  const script = join(root, 'alembic.sql')
  const text = readFileSync(script, 'utf8')
  writeFileSync(script, text.slice(text.indexOf('-- Running upgrade 1a2b3c4d5e6f')))
  const importScript = () =>
    importHistory({ tool: 'alembic', folder: script, into: join(root, 'r') })
  const cut = await failure(importScript())
  expect(cut.message).toContain('not 1a2b3c4d5e6f, which it revises')
  expect(cut.details.hint).toContain('alembic upgrade base:heads --sql')
  writeFileSync(script, 'SELECT 1;')
  expect((await failure(importScript())).code).toBe('LIMBECK_FOLDER_EMPTY')
  rmSync(script)
  const { code, stderr } = await run(['import', 'alembic'], { cwd: root })
  expect(code).toBe(1)
  expect(stderr).toContain('alembic upgrade base:heads --sql > alembic.sql')
})

const alembic = '/usr/bin/alembic'

describe.skipIf(!existsSync(alembic))('beside Alembic itself', () => {
  const call = (root: string, url: string, ...args: readonly string[]) =>
    execFileSync(alembic, ['-c', join(root, 'alembic.ini'), ...args], {
      env: { ...process.env, DATABASE_URL: url.replace(/^postgres:/, 'postgresql:') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  test('its own script is imported, adopted wherever it stands, and Alembic finds nothing to do', async () => {
    const root = alembicProject()
    const database = await createDatabase()
    const up = call(root, database.url, 'upgrade', 'base:heads', '--sql')
    const down = call(root, database.url, 'downgrade', `${head}:base`, '--sql')
    writeFileSync(join(root, 'alembic.sql'), up + down)
    const { options } = await imported(root, database.url)
    call(root, database.url, 'upgrade', '3c4d5e6f7a8b')
    expect(await initDb(options)).toMatchObject({ outcome: 'upgraded', from: ['3c4d5e6f7a8b'] })
    expect(call(root, database.url, 'current')).toContain(`${head} (head)`)
    call(root, database.url, 'upgrade', 'head')
    const whole = await createDatabase()
    call(root, whole.url, 'upgrade', 'head')
    const detected = createMigrator({ ...options, url: whole.url })
    // What differs beside the revisions would be found here.
    expect(await detected.stamp([], { detect: true, purge: true })).toMatchObject({ to: [head] })
    await createMigrator(options).downgrade('1a2b3c4d5e6f')
    expect(call(root, database.url, 'current')).toContain('1a2b3c4d5e6f')
  })
})
