import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

/** A table of ten rows, and a revision that runs `body` on it. */
async function project(body: string, transaction: 'step' | 'none') {
  const { database, folder, options } = await migratedProject(
    'CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT g, 0 FROM generate_series(1, 10) g;\nCREATE TABLE noted (what text);',
  )
  await folder.ts(
    'bbb2',
    `export const revision = 'bbb2'
export const downRevision = 'aaa1'
${transaction === 'none' ? "export const transaction = 'none'" : ''}
const set = { table: 't', set: 'n = n + 1', batchSize: 2 }
export async function upgrade({ sql, db, backfill }) {
${body}
}
export async function downgrade() {}
`,
  )
  const counts = () =>
    database.query(
      'SELECT (SELECT sum(n)::int FROM t) AS changed, (SELECT count(*)::int FROM noted) AS noted',
    )
  return { boot: () => initDb(options), counts }
}

const beside = `  const failed = db.transaction(async (tx) => {
    await tx.execute("INSERT INTO noted VALUES ('rolled back')")
    await new Promise((resolve) => setTimeout(resolve, 30))
    throw new Error('on purpose')
  })
  const [, rows] = await Promise.all([failed.catch(() => {}), backfill(set)])
  await sql\`INSERT INTO noted VALUES (\${String(rows)})\``

test.each(['step', 'none'] as const)(
  'a backfill beside an open transaction waits for its end, and is no part of it (transaction: %s)',
  async (transaction) => {
    const { boot, counts } = await project(beside, transaction)
    expect((await boot()).applied).toEqual(['bbb2'])
    expect(await counts()).toEqual([{ changed: 10, noted: 1 }])
  },
)

test('a transaction and a query beside a backfill wait for its end', async () => {
  const body = `  await Promise.all([
    backfill(set),
    sql.begin(async () => { await sql\`INSERT INTO noted VALUES ('in a transaction')\` }),
    sql\`INSERT INTO noted SELECT 'beside' WHERE (SELECT sum(n) FROM t) = 10\`,
  ])`
  const { boot, counts } = await project(body, 'none')
  expect((await boot()).applied).toEqual(['bbb2'])
  expect(await counts()).toEqual([{ changed: 10, noted: 2 }])
})

test('inside a transaction of its own a backfill that commits is refused, one that does not is a part of it', async () => {
  const body = `  await db.transaction(async (tx) => {
    await tx.execute("INSERT INTO noted VALUES ('inside')")
    await backfill(set)
  })`
  const none = await project(body, 'none')
  const error = await failure(none.boot())
  expect(error.message).toContain('cannot run inside a transaction')
  expect(error.details.hint).toContain('outside of sql.begin()')
  expect(await none.counts()).toEqual([{ changed: 0, noted: 0 }])
  const step = await project(body, 'step')
  await step.boot()
  expect(await step.counts()).toEqual([{ changed: 10, noted: 1 }])
})
