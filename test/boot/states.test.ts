import { integer, pgTable } from 'drizzle-orm/pg-core'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createMigrator, initDb, LimbeckError } from '../../src/index.ts'
import { newDatabase } from '../support/database.ts'
import { readTable } from '../support/pages.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { type RevisionFolder, revisionFolder } from '../support/revisions.ts'

// Every state of a database, met by every mode of a boot and every command that moves rows. What has to come of it stands on
// one page, which is read here: page and code cannot say two things.

const table = (id: string) => pgTable(`t_${id}`, { id: integer() })
const models = { a: table('aaa1'), b: table('bbb2') }

/** A build: its revisions, each with a table named like it, in the order of their parents. */
async function build(
  graph: Readonly<Record<string, string>>,
  head: Readonly<Record<string, readonly string[]>> = {},
): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  for (const [id, revises] of Object.entries(graph))
    await folder.sql(id, {
      revises,
      head: head[id] ?? [],
      up: `CREATE TABLE t_${id} (id int);`,
      down: `DROP TABLE IF EXISTS t_${id};`,
    })
  return folder
}

const none = { bbb2: ['transaction: none'] }
const ours = () => build({ aaa1: '', bbb2: 'aaa1' }, none)

const boots = (folder: () => Promise<RevisionFolder>) => async (database: TestDatabase) => {
  await initDb({ url: database.url, migrations: (await folder()).path })
}

const cutOff = (revision: string) => async (database: TestDatabase) => {
  await database.query(
    `INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', '${revision}', 'upgrade')`,
  )
}

type SetUp = (database: TestDatabase) => Promise<unknown>
const inTurn =
  (...steps: readonly SetUp[]): SetUp =>
  async (database) => {
    for (const step of steps) await step(database)
  }

/** How a database comes to be in the state, by the name that the page gives it. */
const states: Readonly<Record<string, SetUp>> = {
  fresh: async () => {},
  legacy: ({ query }) => query('CREATE TABLE t_aaa1 (id int)'),
  behind: boots(() => build({ aaa1: '' })),
  'at head': boots(ours),
  interrupted: inTurn(
    boots(() => build({ aaa1: '' })),
    cutOff('bbb2'),
  ),
  'interrupted in a newer build': inTurn(boots(ours), cutOff('ccc3')),
  ahead: boots(() => build({ aaa1: '', bbb2: 'aaa1', ccc3: 'bbb2' }, none)),
  'ahead, breaking': boots(() =>
    build({ aaa1: '', bbb2: 'aaa1', ccc3: 'bbb2' }, { ...none, ccc3: ['compatible: no'] }),
  ),
  diverged: boots(() => build({ aaa1: '', fff9: 'aaa1' })),
  "another service's rows": boots(() => build({ ooo1: '' })),
  'unknown row': inTurn(boots(ours), ({ query }) =>
    query("UPDATE limbeck_version SET version_num = 'zzz9'"),
  ),
  'several heads': boots(() => build({ aaa1: '' })),
}

type Attempt = (options: {
  readonly url: string
  readonly migrations: string
  readonly models: object
}) => Promise<string>

const boot =
  (mode: 'upgrade' | 'verify' | 'wait' | 'off'): Attempt =>
  async (options) =>
    (await initDb({ ...options, models: { ...options.models }, mode, waitTimeout: 200 })).outcome

const limbeck = (options: Parameters<Attempt>[0]) =>
  createMigrator({ ...options, models: { ...options.models } })

/** What meets the database, by the heading of its column. */
const attempts: Readonly<Record<string, Attempt>> = {
  upgrade: boot('upgrade'),
  verify: boot('verify'),
  wait: boot('wait'),
  off: boot('off'),
  '`upgrade`': async (options) =>
    (await limbeck(options).upgrade()).applied.length > 0 ? 'upgraded' : 'nothing',
  '`downgrade`': async (options) =>
    (await limbeck(options).downgrade('base')).applied.length > 0 ? 'downgraded' : 'nothing',
  '`stamp`': async (options) => {
    await limbeck(options).stamp('heads')
    return 'stamped'
  },
  '`create-all`': async (options) => {
    await limbeck(options).createAll()
    return 'created'
  },
  '`fleet`': async (options) => {
    const { members } = await limbeck(options).fleet('heads', { urls: [options.url] })
    return members[0]?.error?.code ?? members[0]?.outcome ?? ''
  },
  '`upgrade --sql`': async (options) => {
    const { sql = '' } = await limbeck(options).upgrade('heads', { sql: true })
    const { code } = await psql({ url: options.url } as TestDatabase, sql)
    return code === 0 ? 'runs' : 'refuses'
  },
}

const page = 'docs/understand/states.md'

/** What a refusal must leave as it was. */
async function rowsAndHistory({ query }: TestDatabase) {
  const read = async (name: string) => query(`SELECT * FROM ${name}`).catch(() => null)
  return [
    await read('limbeck_version'),
    await read('limbeck_history'),
    await read('limbeck_progress'),
    await query("SELECT relname FROM pg_class WHERE relname LIKE 't\\_%' ORDER BY 1"),
  ]
}

test.each(Object.keys(states))('a database that is %s', async (state) => {
  const template = await createDatabase()
  await states[state]?.(template)
  const folder =
    state === 'several heads' ? await build({ aaa1: '', bbb2: 'aaa1', bbb3: 'aaa1' }) : await ours()
  const found: Record<string, string> = {}
  for (const [name, attempt] of Object.entries(attempts)) {
    const database = await newDatabase(inject('serverUrl'), template.name)
    onTestFinished(database.drop)
    const before = await rowsAndHistory(database)
    const options = { url: database.url, migrations: folder.path, models }
    found[name] = await attempt(options).catch((error: unknown) => {
      if (!(error instanceof LimbeckError)) throw error
      return error.code
    })
    if (/^(LIMBECK_|refuses)/.test(found[name] ?? ''))
      expect(await rowsAndHistory(database), `${state}: ${name}`).toEqual(before)
  }
  expect(found).toEqual(cellsOf(state))
})

function cellsOf(state: string): Readonly<Record<string, string>> {
  const row = readTable(page, 'the database is', 'upgrade').find(([name]) => name === state)
  const words = row?.slice(1).map((cell) => cell.replace(/^`([A-Z_]+)`$/, 'LIMBECK_$1'))
  return Object.fromEntries(
    Object.keys(attempts).map((name, index) => [name, words?.[index] ?? '']),
  )
}

test('the page has every state, and every mode and command', () => {
  const rows = readTable(page, 'the database is', 'upgrade')
  expect(rows.map(([name]) => name)).toEqual(Object.keys(states))
})
