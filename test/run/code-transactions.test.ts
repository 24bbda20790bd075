import { describe, expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { migratedProject } from '../support/project.ts'
import { failure } from '../support/revisions.ts'

const project = (first = 'CREATE TABLE t (id int, at timestamp);') => migratedProject(first)

describe('code', () => {
  const ts = (id: string, revises: string, body: string, extra = '') =>
    `export const revision = '${id}'\nexport const downRevision = '${revises}'\nexport const irreversible = 'no'\n${extra}\nexport async function upgrade({ sql, db }: any) {\n${body}\n}\n`

  test.each([
    "await sql.unsafe('COMMIT')",
    "await sql`CREATE TABLE x (a int)`; await sql.unsafe('SELECT 1; ROLLBACK; SELECT 2')",
    'await sql`BEGIN`',
    'await sql`/* c */ commit and chain`',
    'await sql.unsafe("PREPARE TRANSACTION \'x\'")',
    "await sql.unsafe('START TRANSACTION')",
  ])('cannot end its transaction: %s', async (body) => {
    const { database, folder, options } = await project()
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body))
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_STEP_FAILED')
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'aaa1' },
    ])
    expect(await database.query("SELECT to_regclass('x') AS x")).toEqual([{ x: null }])
  })

  test('that ends it where nobody sees it is neither recorded nor taken for applied', async () => {
    const { database, folder, options } = await project()
    await folder.ts(
      'bbb2',
      ts(
        'bbb2',
        'aaa1',
        "await sql.unsafe('CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END; ROLLBACK')",
      ),
    )
    expect((await failure(initDb(options))).details.sqlstate).toBe('LB003')
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'aaa1' },
    ])
    expect(
      await database.query("SELECT revision FROM limbeck_history WHERE revision = 'bbb2'"),
    ).toEqual([])
  })

  test('may nest: db.transaction() is a savepoint, rolled back when it throws', async () => {
    const { database, folder, options } = await project()
    await folder.ts(
      'bbb2',
      ts(
        'bbb2',
        'aaa1',
        `
  await db.transaction(async (tx: any) => { await tx.execute('INSERT INTO t VALUES (1)') })
  await db.transaction(async (tx: any) => {
    await tx.execute('INSERT INTO t VALUES (2)')
    await tx.transaction(async (inner: any) => { await inner.execute('INSERT INTO t VALUES (3)'); inner.rollback() }).catch(() => {})
  })
  await db.transaction(async (tx: any) => { await tx.execute('INSERT INTO t VALUES (4)'); throw new Error('no') }).catch(() => {})`,
      ),
    )
    await initDb(options)
    expect(await database.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  test.each([
    ['in a transaction', ''],
    ['without one', "export const transaction = 'none'"],
  ])('may begin several side by side, %s: each keeps or loses what is its own', async (_, head) => {
    const { database, folder, options } = await project()
    const body = `
  const ends = await Promise.allSettled([
    ...[1, 2, 3, 4].map((n) => db.transaction(async (tx: any) => {
      await tx.execute(\`INSERT INTO t VALUES (\${n})\`)
      await Promise.allSettled([
        tx.transaction(async (inner: any) => { await inner.execute(\`INSERT INTO t VALUES (\${n * 10})\`) }),
        db.transaction(async (inner: any) => { await inner.execute(\`INSERT INTO t VALUES (\${n * 100})\`); inner.rollback() }),
        sql.unsafe(\`INSERT INTO t VALUES (\${n * 1000})\`),
      ])
      if (n % 2) throw new Error('no')
    })),
    sql\`INSERT INTO t VALUES (5)\`,
    sql.begin(async (inner: any) => { await inner\`INSERT INTO t VALUES (6)\`; await inner\`SELECT 1 / 0\` }),
    db.execute('INSERT INTO t VALUES (7)'),
    sql.begin((inner: any) => [inner\`INSERT INTO t VALUES (8)\`, inner\`INSERT INTO t VALUES (9)\`]),
  ])
  const failed = ends.flatMap(({ status }, index) => status === 'rejected' ? [index] : [])
  if (failed.join() !== '0,2,5') throw new Error(failed.join())`
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body, head))
    await initDb(options)
    expect((await database.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id)).toEqual([
      2, 4, 5, 7, 8, 9, 20, 40, 2000, 4000,
    ])
  })

  test('that begins one and does not wait for it cannot disturb its step', async () => {
    const { database, folder, options } = await project()
    const body = `
  await sql\`INSERT INTO t VALUES (1)\`
  db.transaction(async (tx: any) => {
    await tx.execute('INSERT INTO t VALUES (2)')
    await new Promise((next) => setImmediate(next))
    await tx.execute('INSERT INTO t VALUES (3)')
  }).catch(() => {})`
    await folder.ts('bbb2', ts('bbb2', 'aaa1', body))
    await initDb(options)
    const ids = (await database.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id)
    expect(ids).toContain(1)
    expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
      { version_num: 'bbb2' },
    ])
  })

  test('that asks after it has returned is told so, and nothing is sent', async () => {
    const { database, folder, options } = await project()
    await folder.ts('bbb2', ts('bbb2', 'aaa1', '(globalThis as any).limbeckLate = sql'))
    await initDb(options)
    const { limbeckLate: sql } = globalThis as unknown as { limbeckLate: import('postgres').Sql }
    expect((await failure<Error>(sql`SELECT 1`)).message).toMatch(/after the revision had returned/)
    expect((await failure<Error>(sql.unsafe('SELECT 1'))).message).toMatch(/after the revision/)
    expect((await failure<Error>(sql.begin(async () => {}) as Promise<unknown>)).message).toMatch(
      /after the revision/,
    )
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})
