import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { initDb } from '../../src/index.ts'
import { readSqlBodies } from '../../src/script/bodies.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { run } from '../cli/run.ts'
import { createDatabase } from '../support/postgres.ts'
import { rootFolder } from '../support/root-folder.ts'
import { journalFolder, library } from './history.ts'
import { migrateByDrizzle } from './migrate-by-drizzle.ts'

function project(files: Readonly<Record<string, string>>): string {
  const root = rootFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const graph = async (folder: string) => {
  const { scripts } = await loadRevisions([folder])
  return [...scripts.values()]
}

test('an imported history has the ids, names, dates and ledger of the folder that is read as it is', async () => {
  const folder = journalFolder(library)
  const into = `${folder}-revisions`
  const { written } = await importHistory({ tool: 'drizzle', folder, into })
  const [before, after] = [await loadRevisions([folder]), await loadRevisions([into])]
  expect(written.map(({ revision }) => revision)).toEqual([...before.scripts.keys()])
  for (const [id, { message, created, parents, ledger }] of before.scripts)
    expect(after.scripts.get(id)).toMatchObject({ message, created, parents, ledger })
  const statements = async (script: Parameters<typeof readSqlBodies>[0]) =>
    (await readSqlBodies(script)).upgrade.map(({ sql }) => sql)
  for (const [id, script] of before.scripts)
    expect(await statements(after.scripts.get(id)!)).toEqual(await statements(script))
})

test('a database is adopted by an imported history, before and after, and the ledger kept in step', async () => {
  const folder = journalFolder(library)
  const into = `${folder}-revisions`
  await importHistory({ tool: 'drizzle', folder, into })
  const database = await createDatabase()
  await migrateByDrizzle(database.url, journalFolder(library.slice(0, 2)))
  const options = { url: database.url, ledger: 'drizzle' } as const
  expect(await initDb({ ...options, migrations: into })).toMatchObject({
    outcome: 'adopted',
    applied: { length: 2 },
  })
  expect(await database.query('TABLE drizzle.__drizzle_migrations')).toHaveLength(4)
  const other = await createDatabase()
  await initDb({ ...options, url: other.url, migrations: journalFolder(library.slice(0, 3)) })
  expect(await initDb({ ...options, url: other.url, migrations: into })).toMatchObject({
    outcome: 'upgraded',
    applied: { length: 1 },
  })
})

test("without a folder drizzle-kit's configuration says where its migrations are", async () => {
  const root = rootFolder()
  journalFolder(library, join(root, 'migrations'))
  writeFileSync(join(root, 'drizzle.config.ts'), "export default { out: './migrations' }")
  const { stdout } = await run(['import', 'drizzle'], { cwd: root })
  expect(stdout).toContain('Wrote 4 revisions to revisions, from migrations.')
  const started = await run(['init'], { cwd: root })
  expect(started.code).toBe(0)
  expect(readFileSync(join(root, 'limbeck.config.ts'), 'utf8')).toMatch(
    /migrations: 'revisions',[\s\S]*ledger: 'drizzle',/,
  )
  expect((await run(['heads'], { cwd: root })).code).toBe(0)
})

test('the command line imports, says what comes next, and imports nothing twice', async () => {
  const root = project({})
  journalFolder(library, join(root, 'drizzle'))
  const first = await run(['import', 'drizzle'], { cwd: root })
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('4 revisions') })
  const again = await run(['import', 'drizzle', './drizzle'], { cwd: root })
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('LIMBECK_FILE_EXISTS') })
  const empty = await run(['import', 'drizzle', 'gone'], { cwd: root })
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('LIMBECK_FOLDER_EMPTY') })
})

const one = 'CREATE TABLE a (id int);'
const two = 'CREATE TABLE b (id int);'

test.each([
  [
    'prisma',
    {
      '20260101000000_a/migration.sql': one,
      '20260102000000_b/migration.sql': two,
      'migration_lock.toml': '',
    },
    ['20260101000000_a', '20260102000000_b'],
    [0, 0],
  ],
  [
    'dbmate',
    {
      '20260101000000_a.sql': `-- migrate:up\n${one}\n\n-- migrate:down\nDROP TABLE a;\n`,
      '20260102000000_b.sql': `-- migrate:up\n${two}\n\n-- migrate:down\n`,
    },
    ['20260101000000', '20260102000000'],
    [1, 0],
  ],
  [
    'golang-migrate',
    { '000009_a.up.sql': one, '000009_a.down.sql': 'DROP TABLE a;', '000010_b.up.sql': two },
    ['9', '10'],
    [1, 0],
  ],
  [
    'goose',
    {
      '00001_a.sql': `-- +goose Up\n${one}\n-- +goose Down\nDROP TABLE a;`,
      '00002_b.sql': `-- +goose Up\n-- +goose StatementBegin\n${two}\n-- +goose StatementEnd\n`,
    },
    ['1', '2'],
    [1, 0],
  ],
  [
    'flyway',
    { 'V2__a.sql': one, 'V10_1__b.sql': two, 'U2__a.sql': 'DROP TABLE a;' },
    ['2', '10.1'],
    [1, 0],
  ],
  [
    'node-pg-migrate',
    {
      '1700000000000_a.sql': `-- Up Migration\n${one}\n-- Down Migration\nDROP TABLE a;`,
      '1700000000001_b.sql': two,
    },
    ['1700000000000_a', '1700000000001_b'],
    [1, 0],
  ],
  [
    'graphile-migrate',
    { '000001.sql': `--! Previous: -\n--! Hash: sha1:0\n\n${one}`, '000002-b.sql': two },
    ['000001.sql', '000002.sql'],
    [0, 0],
  ],
] as const)(
  '%s: one revision a migration, in its order',
  async (tool, files, names, downgrades) => {
    const root = project(files)
    await importHistory({ tool, folder: root, into: join(root, 'limbeck') })
    const scripts = await graph(join(root, 'limbeck'))
    const inOrder = scripts.toSorted((a, b) => a.parents.length - b.parents.length)
    expect(inOrder.map(({ ledger }) => ledger?.name)).toEqual(names)
    expect(inOrder[1]?.parents).toEqual([inOrder[0]?.id])
    const bodies = await Promise.all(inOrder.map((script) => readSqlBodies(script)))
    expect(bodies.map(({ upgrade }) => upgrade.map(({ sql }) => sql))).toEqual([
      [one.slice(0, -1)],
      [two.slice(0, -1)],
    ])
    expect(bodies.map(({ downgrade }) => downgrade.length)).toEqual(downgrades)
  },
)

test.each([
  [
    'prisma',
    `CREATE TABLE _prisma_migrations (checksum varchar(64), finished_at timestamptz, migration_name text, rolled_back_at timestamptz, started_at timestamptz DEFAULT now()); INSERT INTO _prisma_migrations (checksum, finished_at, migration_name) VALUES ('x', now(), '20260101000000_a')`,
  ],
  [
    'dbmate',
    `CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20260101000000')`,
  ],
  [
    'golang-migrate',
    `CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (20260101000000, false)`,
  ],
  [
    'goose',
    `CREATE TABLE goose_db_version (id int, version_id bigint, is_applied boolean); INSERT INTO goose_db_version VALUES (1, 0, true), (2, 20260101000000, true)`,
  ],
  [
    'node-pg-migrate',
    `CREATE TABLE pgmigrations (id serial, name text, run_on timestamp); INSERT INTO pgmigrations (name) VALUES ('20260101000000_a')`,
  ],
] as const)("%s: a database is adopted by the tool's ledger", async (tool, ledger) => {
  const database = await createDatabase()
  await database.query(`${one} ${ledger}`)
  const files = {
    prisma: { '20260101000000_a/migration.sql': one, '20260102000000_b/migration.sql': two },
    'golang-migrate': { '20260101000000_a.up.sql': one, '20260102000000_b.up.sql': two },
  }
  const plain = { '20260101000000_a.sql': one, '20260102000000_b.sql': two }
  const root = project(tool in files ? files[tool as keyof typeof files] : plain)
  const migrations = join(root, 'limbeck')
  await importHistory({ tool, folder: root, into: migrations })
  expect(await initDb({ url: database.url, migrations })).toMatchObject({
    outcome: 'adopted',
    applied: { length: 1 },
  })
})

test.each<[SqlTool, Readonly<Record<string, string>>]>([
  ['node-pg-migrate', { '1_a.sql': 'SELECT 1;', '2_b.ts': 'export {}' }],
  ['goose', { '1_a.sql': '-- +goose Up\nSELECT 1;', '2_b.go': 'package x' }],
])('%s: migrations that are code are not left out in silence', async (tool, files) => {
  const ran = await run(['import', tool, '.'], { cwd: project(files) })
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('2_b') })
  expect(ran.stderr).toContain('revision --from-database')
})
