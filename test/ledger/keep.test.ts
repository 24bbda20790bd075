import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { rootFolder } from '../support/root-folder.ts'
import { journalFolder, library } from './history.ts'
import { migrateByDrizzle } from './migrate-by-drizzle.ts'

const up = (n: number) => `CREATE TABLE t${n} (id int);`
const down = (n: number) => `DROP TABLE t${n};`
const stamp = (n: number) => `2026010${n}000000`
const sha1 = (n: number) => `sha1:${String(n).repeat(40)}`

/** Three migrations as the tool writes them, and its ledger after them. */
const tools: Readonly<
  Record<
    Exclude<SqlTool, 'drizzle'>,
    {
      readonly file: (n: number) => Record<string, string>
      readonly ledger: string
      readonly rows: readonly unknown[]
    }
  >
> = {
  prisma: {
    file: (n) => ({ [`${stamp(n)}_t/migration.sql`]: up(n) }),
    ledger:
      'SELECT migration_name AS v FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY started_at',
    rows: [1, 2, 3].map((n) => `${stamp(n)}_t`),
  },
  'node-pg-migrate': {
    file: (n) => ({
      [`${stamp(n)}_t.sql`]: `-- Up Migration\n${up(n)}\n-- Down Migration\n${down(n)}`,
    }),
    ledger: 'SELECT name AS v FROM pgmigrations ORDER BY id',
    rows: [1, 2, 3].map((n) => `${stamp(n)}_t`),
  },
  dbmate: {
    file: (n) => ({
      [`${stamp(n)}_t.sql`]: `-- migrate:up\n${up(n)}\n-- migrate:down\n${down(n)}`,
    }),
    ledger: 'SELECT version AS v FROM schema_migrations ORDER BY 1',
    rows: [1, 2, 3].map(stamp),
  },
  'golang-migrate': {
    file: (n) => ({ [`00000${n}_t.up.sql`]: up(n), [`00000${n}_t.down.sql`]: down(n) }),
    ledger: 'SELECT version::text AS v FROM schema_migrations WHERE NOT dirty',
    rows: ['1', '2', '3'],
  },
  goose: {
    file: (n) => ({ [`0000${n}_t.sql`]: `-- +goose Up\n${up(n)}\n-- +goose Down\n${down(n)}` }),
    ledger:
      'SELECT version_id::text AS v FROM goose_db_version WHERE version_id > 0 AND is_applied ORDER BY id',
    rows: ['1', '2', '3'],
  },
  flyway: {
    file: (n) => ({ [`V${n}__a_t.sql`]: up(n), [`U${n}__a_t.sql`]: down(n) }),
    ledger:
      "SELECT concat_ws(' ', installed_rank, version, description, script, success) AS v FROM flyway_schema_history ORDER BY 1",
    rows: [1, 2, 3].map((n) => `${n} ${n} a t V${n}__a_t.sql t`),
  },
  'graphile-migrate': {
    file: (n) => ({
      [`00000${n}.sql`]: `--! Previous: ${n === 1 ? '-' : sha1(n - 1)}\n--! Hash: ${sha1(n)}\n--! AllowInvalidHash\n\n${up(n)}\n`,
    }),
    ledger:
      "SELECT concat_ws(' ', filename, hash, previous_hash) AS v FROM graphile_migrate.migrations ORDER BY 1",
    rows: [1, 2, 3].map((n) => `00000${n}.sql ${sha1(n)}${n === 1 ? '' : ` ${sha1(n - 1)}`}`),
  },
}

async function history(tool: Exclude<SqlTool, 'drizzle'>, count = 3) {
  const root = rootFolder()
  for (let n = 1; n <= count; n += 1)
    for (const [name, text] of Object.entries(tools[tool].file(n))) {
      mkdirSync(dirname(join(root, 'theirs', name)), { recursive: true })
      writeFileSync(join(root, 'theirs', name), text)
    }
  const migrations = join(root, 'migrations')
  const { written } = await importHistory({ tool, folder: join(root, 'theirs'), into: migrations })
  return { migrations, ids: written.map(({ revision }) => revision) }
}

const held = async (database: TestDatabase, query: string) =>
  (await database.query<{ v: string }>(query)).map(({ v }) => v)

test.each(Object.keys(tools) as Exclude<SqlTool, 'drizzle'>[])(
  '%s: its ledger is made, written and read back, both ways and as a script',
  async (tool) => {
    const { ledger, rows } = tools[tool]
    const of = (count: number) =>
      tool === 'golang-migrate' ? rows.slice(Math.max(count - 1, 0), count) : rows.slice(0, count)
    const { migrations, ids } = await history(tool)
    const database = await createDatabase()
    const options = { url: database.url, migrations, ledger: tool }
    expect((await initDb(options)).applied).toEqual(ids)
    expect(await held(database, ledger)).toEqual(of(3))
    const migrator = createMigrator(options)
    expect((await migrator.doctor()).findings.map(({ status }) => status)).toEqual([
      'applied',
      'applied',
      'applied',
    ])
    // What is forgotten here is known to the ledger: the database is adopted where it was.
    await database.query('DROP TABLE limbeck_version, limbeck_history, limbeck_progress')
    expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [], to: [ids[2]] })
    await migrator.stamp(ids[0]!)
    expect(await held(database, ledger)).toEqual(of(1))
    await migrator.stamp(ids[2]!)
    expect(await held(database, ledger)).toEqual(of(3))
    if (tool !== 'prisma' && tool !== 'graphile-migrate') {
      await migrator.downgrade('-1')
      expect(await held(database, ledger)).toEqual(of(2))
      await migrator.downgrade('base')
      expect(await held(database, ledger)).toEqual([])
      await migrator.upgrade()
      expect(await held(database, ledger)).toEqual(of(3))
    }
    const other = await createDatabase()
    const script = await createMigrator({ ...options, url: other.url }).upgrade(ids[1]!, {
      sql: true,
    })
    expect(await psql(other, script.sql!)).toMatchObject({ code: 0 })
    expect(await held(other, ledger)).toEqual(of(2))
    const stamped = await createMigrator({ ...options, url: other.url }).stamp(
      `${ids[1]}:${ids[2]}`,
      { sql: true },
    )
    expect(await psql(other, stamped.sql!)).toMatchObject({ code: 0 })
    expect(await held(other, ledger)).toEqual(of(3))
  },
)

test('a ledger that is kept from some day on is told what has run before', async () => {
  const { migrations, ids } = await history('prisma')
  const database = await createDatabase()
  const options = { url: database.url, migrations }
  await createMigrator(options).upgrade(ids[1]!)
  await createMigrator({ ...options, ledger: 'prisma' }).upgrade()
  expect(await held(database, tools.prisma.ledger)).toEqual(tools.prisma.rows)
})

test('goose: a version that was rolled back is not applied, also where a row says that it once was', async () => {
  const { migrations, ids } = await history('goose', 2)
  const database = await createDatabase()
  await database.query(`${up(1)} CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now());
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (2, false)`)
  expect(await initDb({ url: database.url, migrations, ledger: 'goose' })).toMatchObject({
    outcome: 'adopted',
    applied: [ids[1]],
  })
})

test('drizzle: a script keeps its ledger, a downgrade takes the row away, and a rehearsal begins where the ledger says', async () => {
  const database = await createDatabase()
  const folder = journalFolder(library)
  const into = `${folder}-revisions`
  const rows = () =>
    database.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')
  await migrateByDrizzle(database.url, journalFolder(library.slice(0, 3)))
  const options = { url: database.url, migrations: folder, ledger: 'drizzle' } as const
  const migrator = createMigrator(options)
  const before = await rows()
  const rehearsed = await migrator.upgrade('heads', { rehearse: true })
  expect(rehearsed.applied).toHaveLength(1)
  expect(await rows()).toEqual(before)
  expect(await database.query(`SELECT to_regclass('limbeck_version') AS t`)).toEqual([{ t: null }])
  await initDb({ ...options, migrations: journalFolder(library.slice(0, 3)) })
  const heads = (await migrator.heads())[0]!.revision
  const [{ version_num: here } = { version_num: '' }] = await database.query<{
    version_num: string
  }>('TABLE limbeck_version')
  const { sql } = await migrator.upgrade(`${here}:${heads}`, { sql: true })
  expect(await psql(database, sql!)).toMatchObject({ code: 0 })
  expect(await rows()).toHaveLength(4)
  await migrateByDrizzle(database.url, folder)
  expect(await rows()).toHaveLength(4)
  await importHistory({ tool: 'drizzle', folder, into })
  const file = join(into, `${heads}_0003_title.sql`)
  const { readFileSync } = await import('node:fs')
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/^-- irreversible:.*\n/m, '')
      .concat('ALTER TABLE books DROP COLUMN title;\n'),
  )
  const own = createMigrator({ ...options, migrations: into })
  await own.stamp(heads)
  await own.downgrade('-1')
  expect(await rows()).toEqual(before)
  // The old build runs it again, and is followed.
  await migrateByDrizzle(database.url, folder)
  expect(await initDb({ ...options, migrations: into })).toMatchObject({
    outcome: 'adopted',
    applied: [],
  })
})
