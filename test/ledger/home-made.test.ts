import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, revisionFolder } from '../support/revisions.ts'

/** What nine numbered functions did, as nine revisions. */
async function nine() {
  const folder = await revisionFolder()
  for (let n = 1; n <= 9; n++)
    await folder.sql(`a${n}`, {
      ...(n > 1 ? { revises: `a${n - 1}` } : {}),
      up: `CREATE TABLE t${n} (id int);`,
      down: `DROP TABLE t${n};`,
    })
  return folder.path
}

const revisions = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [String(index + 1), `a${index + 1}`]),
)
const query = "SELECT value FROM meta WHERE key = 'version'"

async function service(version: string | number) {
  const database = await createDatabase()
  const tables = Array.from(
    { length: Number(version) || 1 },
    (_, n) => `CREATE TABLE t${n + 1} (id int);`,
  )
  await database.query(
    `CREATE TABLE meta (key text, value text); INSERT INTO meta VALUES ('version', '${version}'); ${tables.join('')}`,
  )
  return database
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'a service with a version table of its own comes in at state %i',
  async (version) => {
    const { url } = await service(version)
    const report = await initDb({ url, migrations: await nine(), adopt: { query, revisions } })
    expect(report).toMatchObject({
      outcome: 'adopted',
      to: ['a9'],
      applied: { length: 9 - version },
    })
  },
)

test('a function may say it', async () => {
  const { url } = await service(4)
  const adopt = async (
    sql: Parameters<
      Extract<NonNullable<Parameters<typeof initDb>[0]['adopt']>, CallableFunction>
    >[0],
  ) => `a${(await sql`SELECT value FROM meta`)[0]?.value}`
  expect(await initDb({ url, migrations: await nine(), adopt })).toMatchObject({
    outcome: 'adopted',
    applied: { length: 5 },
  })
})

test('what maps to no revision is refused', async () => {
  const { url } = await service('12')
  const error = await failure(
    initDb({ url, migrations: await nine(), adopt: { query, revisions } }),
  )
  expect(error).toMatchObject({
    code: 'LIMBECK_LEDGER_UNPROVEN',
    message: expect.stringContaining('"12"'),
  })
})

test('without the table, the database is legacy as ever', async () => {
  const database = await createDatabase()
  await database.query('CREATE TABLE t1 (id int)')
  const error = await failure(
    initDb({ url: database.url, migrations: await nine(), adopt: { query, revisions } }),
  )
  expect(error.code).toBe('LIMBECK_LEGACY_DATABASE')
})

const meta = async () => {
  const { url, query: run } = await service(2)
  const migrations = await nine()
  const kept = () => run('SELECT value FROM meta')
  return { run, kept, options: { url, migrations } }
}

test.each([
  ['several values', 'SELECT value FROM meta', /several values in 2 rows/],
  ['a query that fails', 'SELEC 1', /query of the option adopt has failed: syntax error/],
  ['a query that writes', 'DELETE FROM meta RETURNING value', /read-only/],
  ['more than a query', 'SELECT value FROM meta LIMIT 1; DROP TABLE meta', /read-only/],
  ['what every object has', "SELECT 'constructor'", /maps to no revision/],
])('%s: refused, and nothing is changed', async (_, asked, message) => {
  const { run, kept, options } = await meta()
  await run("INSERT INTO meta VALUES ('version', '1')")
  const before = await kept()
  const error = await failure(initDb({ ...options, adopt: { query: asked, revisions } }))
  expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
  expect(error.message).toMatch(message)
  expect(await kept()).toEqual(before)
  // The next boot stands on the same ground.
  const twice = { query: "SELECT value FROM meta WHERE value = '2'", revisions }
  await run("INSERT INTO meta VALUES ('version', '2')")
  expect((await initDb({ ...options, adopt: twice })).applied).toHaveLength(7)
})

type Tag = (text: TemplateStringsArray) => unknown

test.each<readonly [what: string, adopt: CallableFunction, message: RegExp]>([
  [
    'throws',
    () => Promise.reject(new Error('boom')),
    /function of the option adopt has failed: boom/,
  ],
  [
    'takes its argument apart',
    ({ sql }: { sql: Tag }) => sql`SELECT 1`,
    /has failed: sql is not a function/,
  ],
  ['fails in SQL', (sql: Tag) => sql`SELECT * FROM nowhere`, /relation "nowhere" does not exist/],
  ['writes', (sql: Tag) => sql`DROP TABLE meta`, /read-only/],
  ['gives a list', () => ['a2'], /no revision a2/],
])('a function that %s is named, and nothing is changed', async (_, adopt, message) => {
  const { kept, options } = await meta()
  const error = await failure(initDb({ ...options, adopt: adopt as never }))
  expect(error.code).toBe('LIMBECK_LEDGER_UNPROVEN')
  expect(error.message).toMatch(message)
  expect(await kept()).toHaveLength(1)
})
