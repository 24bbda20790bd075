import { describe, expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

/** What a `.ts` revision with this body fails with, and what it leaves of rows. */
async function run(body: string, head = '') {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.ts(
    'bbb2',
    `export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const irreversible = 'a test'
${head}
export async function upgrade({ sql, db }: any) {
${body}
}
`,
  )
  const result = await initDb(options).then(
    () => null,
    () => failure(initDb(options)),
  )
  const ids = (await database.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id)
  return { error: await result, ids }
}

describe('a query that failed, and was passed over,', () => {
  test.each([
    ['caught', 'await sql`SELECT 1/0`.catch(() => {})'],
    ['caught, with more behind it', 'await sql`SELECT 1/0`.catch(() => {})\nawait sql`SELECT 2`'],
    ['caught from Drizzle', "try { await db.execute('SELECT 1/0') } catch {}"],
    ['not awaited', 'sql`SELECT 1/0`.catch(() => {})'],
  ])('is what the error names: %s', async (_, body) => {
    const { error, ids } = await run(`await sql\`INSERT INTO t VALUES (1)\`\n${body}`)
    expect(error?.message).toMatch(/division by zero/)
    expect(error?.details).toMatchObject({ sqlstate: '22012' })
    expect(error?.details.hint).toMatch(/sql\.begin\(\)/)
    expect(ids).toEqual([])
  })

  test.each([
    ['in a savepoint', 'await sql.begin((own: any) => own`SELECT 1/0`).catch(() => {})', ''],
    [
      'without a transaction',
      'await sql`SELECT 1/0`.catch(() => {})',
      "export const transaction = 'none'",
    ],
  ])('is no failure of the revision %s', async (_, body, head) => {
    const { error, ids } = await run(`${body}\nawait sql\`INSERT INTO t VALUES (2)\``, head)
    expect(error).toBeNull()
    expect(ids).toEqual([2])
  })
})

test('what Drizzle wraps is told in our words', async () => {
  const { error } = await run("await db.execute('INSERT INTO t VALUES (1); COMMIT')")
  expect(error?.message).toMatch(/"COMMIT" would begin or end a transaction/)
  expect(error?.details.hint).toMatch(/db\.transaction\(\)/)
})

test('a promise made of a late query does not end the process either', async () => {
  const { folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.ts(
    'bbb2',
    `export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const irreversible = 'a test'
export async function upgrade({ sql }: any) { (globalThis as any).limbeckLater = sql }
`,
  )
  await initDb(options)
  const { limbeckLater: sql } = globalThis as unknown as { limbeckLater: import('postgres').Sql }
  const heard: unknown[] = []
  const hear = (reason: unknown) => void heard.push(reason)
  const others = process.rawListeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear)
  void sql`SELECT 1`.then(() => {})
  void sql.unsafe('SELECT 1').finally(() => {})
  await new Promise((next) => setImmediate(next))
  await new Promise((next) => setImmediate(next))
  process.removeAllListeners('unhandledRejection')
  for (const other of others) process.on('unhandledRejection', other as () => void)
  expect(heard).toEqual([])
})
