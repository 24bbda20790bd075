import { execFile } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Sql } from 'postgres'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'

const entry = pathToFileURL(path.resolve('dist/lib/index.js')).href

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A process that boots with a revision whose code goes on as `late` says, does `after` 300 ms later, and says when it is through. */
async function boot(late: string, after = '', flags: readonly string[] = []): Promise<Ended> {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.ts(
    'bbb2',
    `export const revision = 'bbb2'
export const downRevision = 'aaa1'
export const irreversible = 'a test'
export async function upgrade({ sql, db, backfill }: any) {
  const later = (work: () => unknown) => setTimeout(work, 100)
  ${late}
}
`,
  )
  const script = `
import { initDb } from ${JSON.stringify(entry)}
const nothing = () => {}
const error = (facts, words) => console.log('error', facts.revision, facts.code, words)
const report = await initDb({ ...${JSON.stringify(options)}, logger: { debug: nothing, info: nothing, warn: nothing, error } })
console.log(report.outcome)
setTimeout(() => { ${after} }, 300)
setTimeout(() => console.log('through'), 600)
`
  const args = [...flags, '--input-type=module', '--eval', script]
  const ended = await promisify(execFile)('node', args).then(
    (said) => ({ ...said, code: 0 }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  )
  expect(await database.query('SELECT id FROM t')).toEqual([])
  return ended
}

const told =
  'error bbb2 LIMBECK_STEP_FAILED code of revision bbb2 made a query after it had returned: it was not sent'

test.each([
  ['awaited', 'later(async () => { await sql`INSERT INTO t VALUES (1)` })'],
  [
    'awaited in another',
    'const one = async () => { await sql`INSERT INTO t VALUES (1)` }; later(async () => { await one() })',
  ],
  [
    'with an error around it',
    "later(async () => { try { await sql`INSERT INTO t VALUES (1)` } catch (cause) { throw new Error('late', { cause }) } })",
  ],
  ['of Drizzle', "later(async () => { await db.execute('INSERT INTO t VALUES (1)') })"],
  [
    'in a transaction',
    'later(async () => { await sql.begin((own: any) => own`INSERT INTO t VALUES (1)`) })',
  ],
  ['of a file that is not there', "later(() => sql.file('none.sql').then(() => {}))"],
  [
    'by a cursor',
    'later(async () => { for await (const _ of sql`INSERT INTO t VALUES (1) RETURNING id`.cursor(1)); })',
  ],
  [
    'made before, sent behind',
    'const query = sql`INSERT INTO t VALUES (1)`; later(async () => { await query })',
  ],
  ['of a backfill', "later(async () => { await backfill({ table: 't', set: 'id = 1' }) })"],
])(
  'a late query that nobody catches is logged, and does not end the process: %s',
  async (_, late) => {
    const { code, stdout, stderr } = await boot(late)
    expect({ code, stderr, said: stdout.trim().split('\n').sort() }).toEqual({
      code: 0,
      stderr: '',
      said: [told, 'through', 'upgraded'],
    })
  },
)

const late = 'later(async () => { await sql`INSERT INTO t VALUES (1)` })'
const foreign = "Promise.reject(new TypeError('of the service'))"

test('what else is not caught is left to Node.js, whatever it was started with', async () => {
  const thrown = await boot(late, foreign)
  expect(thrown.code).toBe(1)
  expect(thrown.stderr).toMatch(/TypeError: of the service/)
  expect(thrown.stdout).not.toMatch(/through/)
  const warned = await boot(late, foreign, ['--unhandled-rejections=warn'])
  expect(warned.code).toBe(0)
  expect(warned.stderr).toMatch(/UnhandledPromiseRejectionWarning: TypeError: of the service/)
  expect(warned.stdout).toMatch(/through/)
  const reason = await boot(late, 'Promise.reject(1)')
  expect(reason.code).toBe(1)
  expect(reason.stderr).toMatch(/ERR_UNHANDLED_REJECTION/)
})

test('listeners of the service hear of all of it, as without Limbeck', async () => {
  const listener =
    "process.on('unhandledRejection', (error) => console.log('heard', error.message)); "
  const own =
    "process.on('uncaughtException', (error, origin) => console.log(origin, error.message)); "
  const heard = await boot(late, listener + foreign)
  expect(heard).toMatchObject({ code: 0, stderr: '' })
  expect(heard.stdout).toMatch(/heard of the service/)
  const caught = await boot(late, own + foreign)
  expect(caught).toMatchObject({ code: 0, stderr: '' })
  expect(caught.stdout).toMatch(/unhandledRejection of the service/)
})

test('where the process was started to end at every rejection, it does', async () => {
  const { code, stderr } = await boot(late, '', ['--unhandled-rejections=strict'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/this query was made after the revision had returned/)
})

test('a hook that asks late is told so as well, and nothing is sent', async () => {
  const { database, folder, options } = await migratedProject('CREATE TABLE t (id int);')
  await folder.sql('bbb2', { revises: 'aaa1', up: 'SELECT 1;', down: 'SELECT 1;' })
  const queries: PromiseLike<unknown>[] = []
  const afterStep = ({ sql }: { readonly sql: Sql }) => {
    queries.push(sql`INSERT INTO t VALUES (1)`)
  }
  await initDb({ ...options, hooks: { afterStep } })
  for (const query of queries)
    await expect(query).rejects.toThrow(/after the revision had returned/)
  expect(queries).toHaveLength(1)
  expect(await database.query('SELECT id FROM t')).toEqual([])
})
