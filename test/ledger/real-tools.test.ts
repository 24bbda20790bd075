import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importHistory } from '../../src/commands/import.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { createMigrator, initDb } from '../../src/index.ts'
import type { SqlTool } from '../../src/script/ledger-entry.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import type { Packages } from '../support/tools.ts'
import {
  migrators,
  projectIn,
  type RealTool,
  realTools,
  runTool,
  type Step,
  writeInto,
} from './tools/real.ts'
import { tools } from './tools/tools.ts'

const steps: readonly Step[] = [
  {
    up: `CREATE TABLE orders (id integer PRIMARY KEY, cents integer NOT NULL);
CREATE FUNCTION doubled(n integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  RETURN n * 2; -- twice
END $$;`,
    down: 'DROP FUNCTION doubled(integer);\nDROP TABLE orders;',
  },
  {
    up: `INSERT INTO orders VALUES (1, doubled(21)), (2, 7);\nUPDATE orders SET cents = cents + 1 WHERE id = 2;`,
    down: 'DELETE FROM orders;',
  },
  {
    up: `ALTER TABLE orders ADD COLUMN note text DEFAULT 'it''s; new' NOT NULL;\nCREATE INDEX orders_note ON orders (note);`,
    down: 'ALTER TABLE orders DROP COLUMN note;',
  },
  {
    up: 'CREATE TABLE items (order_id integer REFERENCES orders (id));',
    down: 'DROP TABLE items;',
  },
]

/** Each command of a tool is a process, and the packages come from npm first. */
const timeout = 240_000

const need = (packages: Packages, skip: (reason: string) => never): string =>
  'folder' in packages ? packages.folder : skip(packages.missing)

/** A database that the tool has migrated by the first `count` migrations of a project. */
async function migrated(real: RealTool, installed: string, count: number) {
  const database = await createDatabase()
  const cwd = projectIn(installed, real.project)
  const upTo = (last: number) =>
    writeInto(
      join(cwd, real.folder),
      Object.fromEntries(
        steps.slice(0, last).map((step, n) => real.file(n + 1, step, steps.slice(0, n))),
      ),
    )
  const say = (command: readonly string[]) =>
    runTool(command, { installed, cwd, url: database.url })
  upTo(count)
  await say(real.up(database.url))
  upTo(steps.length)
  const into = join(cwd, 'limbeck')
  const config = resolveConfig({ url: database.url, migrations: into })
  await importHistory({
    tool: toolOf(real),
    folder: join(cwd, real.folder),
    into,
    deriveOn: { config, hasUrl: true },
  })
  return {
    database,
    cwd,
    options: { url: database.url, migrations: into, ledger: toolOf(real) },
    up: () => say(real.up(database.url)),
    status: () => say(real.status(database.url)),
  }
}

const toolOf = (real: RealTool) =>
  (Object.keys(realTools) as SqlTool[]).find((tool) => realTools[tool] === real)!

const orders = (database: TestDatabase) => database.query('SELECT * FROM orders ORDER BY id')
const allOrders = [
  { id: 1, cents: 42, note: "it's; new" },
  { id: 2, cents: 8, note: "it's; new" },
]

describe.each(Object.entries(realTools))('%s itself', (_, real) => {
  test.for([1, 2, 4])(
    'has migrated a database to migration %i: it is adopted there, and the tool then finds nothing to do',
    { timeout },
    async (count, { skip }) => {
      const installed = need(await real.packages(), skip)
      const { database, cwd, options, up, status } = await migrated(real, installed, count)
      try {
        expect(await initDb(options)).toMatchObject({
          outcome: 'adopted',
          stamped: { length: count },
          applied: { length: 4 - count },
        })
        expect(await orders(database)).toEqual(allOrders)
        const ledger = await database.query(real.ledger)
        expect(await up()).toMatch(real.nothing)
        expect(await status()).toMatch(real.nonePending)
        expect(await database.query(real.ledger)).toEqual(ledger)
        expect((await createMigrator(options).doctor()).problems).toEqual([])
        if (count < 4) return
        // What a downgrade has undone is pending for the tool, and what it then runs is followed.
        await createMigrator(options).downgrade('-1')
        expect(await status()).toMatch(real.onePending)
        await up()
        expect(await database.query('TABLE items')).toEqual([])
        expect(await initDb(options)).toMatchObject({ outcome: 'adopted', applied: [] })
      } finally {
        rmSync(cwd, { recursive: true, force: true })
      }
    },
  )
})

describe.each(['knex', 'typeorm', 'kysely'])('%s itself', (name) => {
  const tool = tools[name]!

  test('goes on beside a baseline, and finds nothing to do', { timeout }, async ({ skip }) => {
    const installed = need(await migrators(), skip)
    const cwd = projectIn(installed, tool.files)
    const migrations = join(cwd, 'limbeck')
    writeInto(migrations, { '.gitkeep': '' })
    try {
      const [production, other, behind] = [
        await createDatabase(),
        await createDatabase(),
        await createDatabase(),
      ]
      const up = ({ url }: TestDatabase) => runTool(tool.up(url), { installed, cwd, url })
      await up(production)
      await up(other)
      const of = ({ url }: TestDatabase) => ({ url, migrations })
      const baseline = await createMigrator(of(production)).fromDatabase({ message: 'baseline' })
      expect(readFileSync(baseline.file, 'utf8')).toContain(`-- ledger: ${name} `)
      const next =
        '-- next\n--\n-- revision: aaaa\n-- revises: BASE\n\n-- +upgrade\nCREATE TABLE t4 ();\n\n-- +downgrade\nDROP TABLE t4;\n'
      writeInto(migrations, { 'aaaa_next.sql': next.replace('BASE', baseline.revision) })
      const [ledger] = tool.tables
      for (const database of [production, other]) {
        expect(await initDb(of(database))).toMatchObject({ outcome: 'adopted', applied: ['aaaa'] })
        const rows = await database.query(`TABLE ${ledger}`)
        await up(database)
        expect(await database.query(`TABLE ${ledger}`)).toEqual(rows)
        await createMigrator(of(database)).downgrade('-1')
        await up(database)
        expect(await database.query(`TABLE ${ledger}`)).toEqual(rows)
      }
      // One that the tool has not brought so far is refused, and taken over once it has.
      const [last = ''] = Object.keys(tool.files).filter((file) => /t3\./.test(file))
      rmSync(join(cwd, last))
      await up(behind)
      expect((await failure(initDb(of(behind)))).code).toBe('LIMBECK_LEDGER_UNPROVEN')
      writeInto(cwd, { [last]: tool.files[last]! })
      await up(behind)
      expect(await initDb(of(behind))).toMatchObject({ outcome: 'adopted', applied: ['aaaa'] })
    } finally {
      rmSync(cwd, { recursive: true, force: true })
    }
  })
})

test.for(['golang-migrate', 'goose', 'flyway'])(
  '%s itself: its ledger is tested by what its own source says',
  (name, { skip }) => skip(`neither npm nor Debian has ${name}`),
)
