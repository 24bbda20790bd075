import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { rootFolder } from '../support/root-folder.ts'
import { type Fixture, tools } from './tools/tools.ts'

const fixtures = JSON.parse(
  readFileSync(join(import.meta.dirname, 'tools', 'fixtures.json'), 'utf8'),
) as Readonly<Record<string, Fixture>>

const tables = [1, 2, 3].map((n) => `CREATE TABLE t${n} (id integer PRIMARY KEY);`).join('\n')

/** What the tool has left behind after its three migrations. */
async function migratedBy(tool: string, ledger = (sql: string) => sql) {
  const database = await createDatabase()
  await database.query(`${tables}\n${ledger(fixtures[tool]?.ledger ?? '')}`)
  return database
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = rootFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const ofSql = Object.entries(tools).flatMap(([name, { sqlTool }]) =>
  sqlTool ? [[name, sqlTool] as const] : [],
)

test.each(ofSql)('what %s has recorded is adopted, and goes on in step', async (name, tool) => {
  const database = await migratedBy(name)
  const { files, folder } = tools[name]!
  const root = folderOf(files)
  const migrations = join(root, 'limbeck')
  await importHistory({ tool, folder: join(root, folder), into: migrations })
  const options = { url: database.url, migrations, ledger: tool }
  expect(await initDb(options)).toMatchObject({
    outcome: 'adopted',
    applied: [],
    stamped: { length: 3 },
  })
  const { problems } = await createMigrator(options).doctor()
  expect(problems).toEqual([])
})

describe.each(['knex', 'typeorm', 'kysely'])('%s, whose migrations are code', (tool) => {
  test('is taken over by a baseline, where it has brought a database to the same migration', async () => {
    const production = await migratedBy(tool)
    const migrations = join(folderOf({ 'migrations/.gitkeep': '' }), 'migrations')
    const of = (url: string) => ({ url, migrations })
    const { revision, file } = await createMigrator(of(production.url)).fromDatabase({
      message: 'baseline',
    })
    expect(readFileSync(file, 'utf8')).toMatch(
      new RegExp(`^-- ledger: ${tool} \\S+ [0-9a-f]{64}$`, 'm'),
    )
    for (const database of [production, await migratedBy(tool)])
      expect(await initDb(of(database.url))).toMatchObject({
        outcome: 'adopted',
        to: [revision],
        applied: [],
      })
    // One in which the tool has left one out, which only the names before the newest tell.
    const gap = await migratedBy(tool)
    const [table = ''] = tools[tool]!.tables
    await gap.query(`DELETE FROM ${table} WHERE name = (SELECT min(name) FROM ${table})`)
    expect((await failure(initDb(of(gap.url)))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
    const [missing] = (await createMigrator(of(gap.url)).doctor()).problems
    expect(missing).toMatchObject({ status: 'not recorded', revision })
    await createMigrator(of(gap.url)).stamp(revision)
    expect((await initDb(of(gap.url))).outcome).toBe('current')
    const empty = await createDatabase()
    expect((await initDb(of(empty.url))).applied).toEqual([revision])
    const behind = await migratedBy(tool)
    const [ledger = ''] = tools[tool]!.tables
    await behind.query(`DELETE FROM ${ledger} WHERE name = (SELECT max(name) FROM ${ledger})`)
    const error = await failure(initDb(of(behind.url)))
    expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
    const [problem] = (await createMigrator(of(behind.url)).doctor()).problems
    expect(problem?.hint).toContain(`bring the database there with ${tool} first`)
  })

  test('cannot be imported, and its ledger is not kept', async () => {
    const imported = await run(['import', tool], { cwd: folderOf({ x: '' }) })
    expect(imported).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('revision --from-database'),
    })
    const kept = { tool, keep: true } as never
    await expect(() =>
      createMigrator({ url: 'postgres://h/d', migrations: 'm', ledger: kept }).heads(),
    ).rejects.toThrow()
  })
})

test('knex: a database that is locked is refused, since what it has recorded may not be all', async () => {
  const production = await migratedBy('knex')
  const migrations = folderOf({ 'migrations/.gitkeep': '' })
  const options = { url: production.url, migrations }
  await createMigrator(options).fromDatabase({ message: 'baseline' })
  await production.query('UPDATE knex_migrations_lock SET is_locked = 1')
  expect((await failure(initDb(options))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
  const [problem] = (await createMigrator(options).doctor()).problems
  expect(problem).toMatchObject({ status: 'locked', name: 'knex_migrations_lock' })
  expect(problem?.hint).toContain('npx knex migrate:unlock')
  await production.query('UPDATE knex_migrations_lock SET is_locked = 0')
  expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [] })
})

test('the version table of Alembic is carried on with, under its own name', async () => {
  const database = await migratedBy('alembic')
  const revision = (n: number) =>
    `-- t${n}\n--\n-- revision: a${n}\n-- revises: ${n === 1 ? '' : `a${n - 1}`}\n\n-- +upgrade\nCREATE TABLE t${n} (id integer PRIMARY KEY);\n\n-- +downgrade\nDROP TABLE t${n};\n`
  const root = folderOf(
    Object.fromEntries([1, 2, 3, 4].map((n) => [`migrations/a${n}_t.sql`, revision(n)])),
  )
  const options = {
    url: database.url,
    migrations: join(root, 'migrations'),
    versionTable: 'alembic_version',
  }
  expect(await initDb(options)).toMatchObject({
    outcome: 'upgraded',
    from: ['a3'],
    applied: ['a4'],
  })
  await createMigrator(options).downgrade('a2')
  expect(await database.query('TABLE alembic_version')).toEqual([{ version_num: 'a2' }])
})
