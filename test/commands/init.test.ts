import { readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { init } from '../../src/commands/init.ts'
import { initDb } from '../../src/index.ts'
import { run } from '../cli/run.ts'
import { journalFolder, library } from '../ledger/history.ts'
import { migrateByDrizzle } from '../ledger/migrate-by-drizzle.ts'
import { createDatabase } from '../support/postgres.ts'
import { configOf, tempFolder } from './temp-folder.ts'

const packages = (...names: readonly string[]) => ({
  'package.json': JSON.stringify({
    dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
  }),
})

test('an empty folder gets a configuration and a revision folder', async () => {
  const root = tempFolder()
  const report = await init({ root })
  expect(report.created).toEqual([
    join(root, 'migrations/.gitkeep'),
    join(root, 'limbeck.config.ts'),
  ])
  expect(report.models).toBeNull()
  expect(configOf(root)).toContain("migrations: 'migrations'")
  expect(report.next[0]).toContain('npm install limbeck drizzle-orm')
})

test('a second run changes nothing', async () => {
  const root = tempFolder()
  await init({ root, folder: 'db/revisions' })
  writeFileSync(
    join(root, 'limbeck.config.ts'),
    "export default { migrations: ['db/revisions'] }\n",
  )
  const report = await init({ root })
  expect(report.created).toEqual([])
  expect(report.skipped).toEqual([
    { file: join(root, 'db/revisions'), reason: 'has files' },
    { file: join(root, 'limbeck.config.ts'), reason: 'exists' },
  ])
  expect(readdirSync(root).sort()).toEqual(['db', 'limbeck.config.ts'])
  expect(configOf(root)).toBe("export default { migrations: ['db/revisions'] }\n")
})

test.for([
  ['a usual place', { 'src/db/schema.ts': '' }, 'src/db/schema.ts'],
  ['an index', { 'src/db/schema/index.ts': '' }, 'src/db/schema/index.ts'],
  [
    "drizzle-kit's configuration",
    {
      'drizzle.config.ts': "export default defineConfig({\n  schema: './app/tables.ts',\n})",
      'app/tables.ts': '',
      'src/db/schema.ts': '',
    },
    'app/tables.ts',
  ],
  [
    "a folder in drizzle-kit's configuration",
    { 'drizzle.config.js': 'module.exports = { schema: ["./app"] }', 'app/index.ts': '' },
    'app/index.ts',
  ],
  [
    "a commented line in drizzle-kit's configuration",
    {
      'drizzle.config.ts': "export default {\n  // schema: './old.ts',\n  schema: './new.ts',\n}",
      'old.ts': '',
      'new.ts': '',
    },
    'new.ts',
  ],
  [
    'drizzle-kit naming what is not there',
    { 'drizzle.config.json': '{"schema": "./gone.ts"}', 'db/schema.ts': '' },
    'db/schema.ts',
  ],
] as const)('models are found by %s', async ([, files, expected]) => {
  const root = tempFolder(files)
  expect((await init({ root })).models).toBe(expected)
  expect(configOf(root)).toContain(`models: '${expected}'`)
})

test('the example fits the project: plugin or plain, with its models', async () => {
  const plain = tempFolder({ ...packages('limbeck'), 'src/db/schema.ts': '' })
  const example = (await init({ root: plain })).next.at(-1)
  expect(example).toContain("import { initDb } from 'limbeck'")
  expect(example).toContain("import * as models from './db/schema.js'")
  const fastify = tempFolder(packages('limbeck', 'drizzle-orm', 'postgres', 'fastify'))
  const { next } = await init({ root: fastify, folder: 'revisions' })
  expect(next.at(-1)).toContain("import limbeck from 'limbeck/fastify'")
  expect(next.at(-1)).toContain("import config from '../limbeck.config.js'")
  expect(next.at(-1)).toContain(
    "app.register(limbeck, { ...config, url: process.env.DATABASE_URL ?? '' })",
  )
  expect(next.join()).not.toContain('npm install')
})

test('what cannot be written is a coded error', async () => {
  const root = tempFolder({ 'migrations/a1.sql': '' })
  symlinkSync('gone', join(root, 'limbeck.config.ts'))
  await expect(init({ root })).rejects.toMatchObject({ code: 'LIMBECK_FILE_EXISTS' })
})

test('a file where the folder should be is left alone', async () => {
  const root = tempFolder({ migrations: 'a file' })
  await expect(init({ root })).rejects.toMatchObject({ code: 'LIMBECK_FILE_EXISTS' })
  expect(readdirSync(root)).toEqual(['migrations'])
})

test('a file that may hold models is taken when it does', async () => {
  const table = "export const a = pgTable('a', {})"
  const found = async (text: string) =>
    (await init({ root: tempFolder({ 'src/db/index.ts': text }) })).models
  expect(await found(table)).toBe('src/db/index.ts')
  expect(await found('export const db = drizzle(client)')).toBe(null)
})

test('another folder than the configuration names is refused', async () => {
  const root = tempFolder({ 'limbeck.config.mjs': "export default { migrations: 'migrations' }" })
  await expect(init({ root, folder: 'revisions' })).rejects.toMatchObject({
    code: 'LIMBECK_FILE_EXISTS',
  })
})

test('revisions that were imported are gone on with, and the ledger of their tool is kept', async () => {
  const database = await createDatabase()
  const root = tempFolder({ 'theirs/1_a/migration.sql': 'CREATE TABLE a (id int);' })
  const migrations = join(root, 'migrations')
  await importHistory({ tool: 'prisma', folder: join(root, 'theirs'), into: migrations })
  const fresh = (await init({ root, url: database.url })).next.join('\n')
  expect(fresh).toContain('the revisions build it')
  expect(fresh).not.toContain('first tables')
  expect(configOf(root)).toContain("ledger: 'prisma'")
  const options = { url: database.url, migrations, ledger: 'prisma' } as const
  await initDb(options)
  await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
  const recorded = (await init({ root, url: database.url })).next.join('\n')
  expect(recorded).toMatch(/prisma's ledger .* proves that the database is at [0-9a-f]{12}/)
})

test('migrations of a tool with SQL files are proposed for import, into a folder beside them', async () => {
  const root = tempFolder({ 'migrations/1_a.up.sql': 'CREATE TABLE a ();' })
  const { next } = await init({ root })
  expect(configOf(root)).toContain("migrations: 'revisions',\n")
  expect(configOf(root)).toContain("ledger: 'golang-migrate'")
  expect(next.join('\n')).toContain('npx limbeck import golang-migrate migrations --into revisions')
  const ran = await run(['import', 'golang-migrate'], { cwd: root })
  expect(ran.stdout).toContain('Wrote 1 revision to revisions, from migrations.')
  const among = await run(['import', 'golang-migrate', '--into', 'migrations'], { cwd: root })
  expect(among.stderr).toContain('`--into revisions`')
})

test('a folder of another tool that is named as the revisions is told by its tool', async () => {
  const root = tempFolder({
    'limbeck.config.mjs': "export default { migrations: 'migrations' }",
    'migrations/1_a.sql': '-- +goose Up\nCREATE TABLE a ();',
  })
  const ran = await run(['heads'], { cwd: root })
  expect(ran.stderr).toContain('it is a migration of goose')
  expect(ran.stderr).toMatch(/npx limbeck import goose \S*migrations --into revisions/)
})

test('where there is a URL, what comes next is said for this very database', async () => {
  const [empty, full, kit] = [
    await createDatabase(),
    await createDatabase(),
    await createDatabase(),
  ]
  await full.query('CREATE TABLE books (id int)')
  const nextFor = async (url: string, root = tempFolder()) =>
    (await init({ root, url })).next.join('\n')
  expect(await nextFor(empty.url)).toContain('npx limbeck revision --autogenerate')
  expect(await nextFor(empty.url)).not.toContain('stamp head')
  expect(await nextFor(full.url)).toMatch(/has 1 table.*\n.*--from-database/)
  const root = tempFolder({ 'drizzle.config.ts': "export default { out: './drizzle' }" })
  journalFolder(library, join(root, 'drizzle'))
  await migrateByDrizzle(kit.url, join(root, 'drizzle'))
  expect(await nextFor(kit.url, root)).toMatch(
    /ledger .* proves that the database is at [0-9a-f]{12}/,
  )
  expect(await nextFor('postgres://nobody@127.0.0.1:1/none')).toContain('Make the database answer')
})

test.each([
  ['knex', 'migrations/1_a.js', 'exports.up = (knex) => knex.schema', true],
  ['typeorm', 'src/migrations/1-A.ts', 'class A implements MigrationInterface {}', true],
  ['kysely', 'src/db/migrations/1_a.ts', "import { Kysely } from 'kysely'", true],
  ['node-pg-migrate', 'migrations/1_a.js', 'exports.up = (pgm) => {}', true],
  ['MikroORM', 'src/migrations/M1.ts', "import { Migration } from '@mikro-orm/migrations'", false],
  ['Sequelize', 'migrations/1-a.js', 'module.exports = { up: (queryInterface) => {} }', false],
  ['db-migrate', 'migrations/1-a.js', 'exports.up = (db) => db.runSql("")', false],
  ['Supabase', 'supabase/migrations/1_a.sql', 'CREATE TABLE a ();', false],
])(
  'migrations of %s are named, with how the first revision is made of them',
  async (tool, file, text, isAdopted) => {
    const root = tempFolder({ [file]: text })
    const next = (await init({ root })).next.join('\n')
    expect(next).toContain(`migrations of ${tool} in ${dirname(file)} cannot be imported`)
    expect(next).toContain('npx limbeck revision --from-database')
    expect(next).toContain(isAdopted ? 'npx limbeck doctor' : 'npx limbeck stamp head')
  },
)
