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
