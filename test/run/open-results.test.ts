import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { codeText } from '../support/revision-text.ts'
import { failure, keepLog } from '../support/revisions.ts'

const many = 'SELECT generate_series(1, 100000) AS n'
const insert = 'await ctx.sql`INSERT INTO t VALUES (1)`'
const none = "export const transaction = 'none'"

async function project(upgrade: string, head = '') {
  const made = await migratedProject('CREATE TABLE t (id int);')
  await made.folder.ts('bbb2', codeText('bbb2', upgrade, head))
  const ids = async () => (await made.database.query('SELECT id FROM t')).map(({ id }) => id)
  const heads = async () =>
    (await made.database.query('SELECT version_num FROM limbeck_version')).map(
      ({ version_num }) => version_num,
    )
  return { ...made, ids, heads }
}

test.each([
  ['', ''],
  [', without a transaction', none],
])('a cursor that code leaves open is closed%s', async (_, head) => {
  const left = `const rows = ctx.sql\`${many}\`.cursor(10)[Symbol.asyncIterator](); await rows.next()`
  const { options, ids, heads } = await project(
    `await ctx.sql.begin(async () => { ${left} })\n${insert}\n${left.replaceAll('rows', 'more')}`,
    head,
  )
  await initDb(options)
  expect(await ids()).toEqual([1])
  expect(await heads()).toEqual(['bbb2'])
})

test.each([
  ['a loop', `for await (const _ of ctx.sql\`${many}\`.cursor(10)) { ${insert} }`],
  ['its callback', `await ctx.sql\`${many}\`.cursor(10, async () => { ${insert} })`],
  [
    'a loop, in a transaction of its own',
    `for await (const _ of ctx.sql\`${many}\`.cursor(10)) await ctx.sql.begin(async () => { ${insert} })`,
  ],
  [
    'a loop, of Drizzle',
    `for await (const _ of ctx.sql\`${many}\`.cursor(10)) await ctx.db.execute('INSERT INTO t VALUES (1)')`,
  ],
])(
  'a query that would wait for the end of a cursor is refused, from within %s',
  async (_, upgrade) => {
    const { options, ids, heads } = await project(upgrade)
    const error = await failure(initDb(options))
    expect(error).toMatchObject({ code: 'LIMBECK_STEP_FAILED' })
    expect(error.message).toMatch(/a cursor of the revision is still open/)
    expect(await ids()).toEqual([])
    expect(await heads()).toEqual(['aaa1'])
  },
)

test('cursors and COPY that are read to their end or given up, and what fails in them, hold nothing up', async () => {
  const { options, ids } = await project(`
  const { sql } = ctx
  let n = 0
  for await (const rows of sql\`SELECT generate_series(1, \${95}::int)\`.cursor(10)) n += rows.length
  await sql\`SELECT generate_series(1, 95)\`.cursor(10, (rows) => { n += rows.length })
  for await (const rows of sql\`${many}\`.cursor(10)) break
  await sql.begin(async () => { for await (const _ of sql\`SELECT 1 / (20 - i) FROM generate_series(1, 99) i\`.cursor(9)); }).catch(() => { n += 1000 })
  const into = await sql\`COPY t FROM stdin\`.writable()
  into.end('7\\n')
  await new Promise((next) => into.on('finish', next))
  for await (const chunk of await sql\`COPY t TO stdout\`.readable()) n += Number(chunk)
  await sql\`INSERT INTO t VALUES (\${n})\``)
  await initDb(options)
  expect(await ids()).toEqual([7, 1197])
})

test.each([
  ['written', "(await ctx.sql`COPY t FROM stdin`.writable()).write('7\\n')"],
  ['read', `await ctx.sql\`COPY (${many}) TO stdout\`.readable()`],
])('a COPY that code has not %s to its end fails the revision', async (_, upgrade) => {
  const { options, ids, heads } = await project(upgrade)
  expect((await failure(initDb(options))).message).toMatch(/a COPY of the revision is still open/)
  expect(await ids()).toEqual([])
  expect(await heads()).toEqual(['aaa1'])
})

test('code that goes on after an abort is not waited for, and is rolled back', async () => {
  const { database, options, ids, heads } = await project(`${insert}\nawait new Promise(() => {})`)
  const stop = new AbortController()
  const booted = failure(initDb({ ...options, signal: stop.signal }))
  const isInCode = async () =>
    (
      await database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE 'INSERT%'`,
      )
    ).length > 0
  while (!(await isInCode()));
  stop.abort()
  expect((await booted).code).toBe('LIMBECK_CANCELLED')
  expect(await ids()).toEqual([])
  expect(await heads()).toEqual(['aaa1'])
})

test('whatever code throws has words, and Limbeck’s own rolling back is no warning', async () => {
  const thrown = "throw { toString() { throw new Error('no') } }"
  for (const head of ['', none]) {
    const { options } = await project(thrown, head)
    const logger = keepLog()
    const error = await failure(initDb({ ...options, logger }))
    expect(error).toMatchObject({ code: 'LIMBECK_STEP_FAILED' })
    expect(error.message).toMatch(/what was thrown has no text: object/)
    expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([])
  }
})
