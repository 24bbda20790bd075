import { expect, test } from 'vitest'
import { initDb } from '../../../src/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { codeText } from '../../support/revision-text.ts'
import { failure, revisionFolder } from '../../support/revisions.ts'

async function run(upgrade: string, head = '') {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', {
    up: `CREATE TABLE t (id int PRIMARY KEY, tags text[], doc jsonb, at timestamptz, day date, ok boolean, big bigint, amount numeric);`,
    down: 'DROP TABLE t;',
  })
  await folder.ts('bbb2', codeText('bbb2', upgrade, head))
  const boot = () => initDb({ url: database.url, migrations: folder.path })
  return { database, boot }
}

test('ctx.sql is postgres.js as people know it: arrays, json, dates, helpers', async () => {
  const { database, boot } = await run(`
  const at = new Date('2026-01-02T03:04:05Z')
  await ctx.sql\`INSERT INTO t \${ctx.sql([{ id: 1, tags: ['a', 'b,c'], doc: { x: [1, 'y'] }, at }])}\`
  const [row] = await ctx.sql\`SELECT tags, doc, at FROM t\`
  if (row.tags[1] !== 'b,c' || row.doc.x[1] !== 'y' || row.at.getTime() !== at.getTime()) throw new Error(JSON.stringify(row))`)
  await boot()
  expect(await database.query(`SELECT tags[2] AS tag, doc->'x'->>1 AS y FROM t`)).toEqual([
    { tag: 'b,c', y: 'y' },
  ])
})

test('ctx.db is Drizzle on the same transaction: every type there and back, and it does not change ctx.sql', async () => {
  const { database, boot } = await run(`
  const { pgTable, integer, text, jsonb, timestamp, date, boolean, bigint, numeric } = await import('drizzle-orm/pg-core')
  const { eq, sql } = await import('drizzle-orm')
  const t = pgTable('t', { id: integer(), tags: text().array(), doc: jsonb(), at: timestamp({ withTimezone: true }), day: date(), ok: boolean(), big: bigint({ mode: 'bigint' }), amount: numeric() })
  const row = { id: 1, tags: ['a', 'b"c'], doc: { n: [1], x: 'y' }, at: new Date('2026-01-02T03:04:05.678Z'), day: '2026-02-03', ok: true, big: 9007199254740993n, amount: '1.50' }
  await ctx.db.insert(t).values(row)
  const [back] = await ctx.db.select().from(t).where(eq(t.id, 1))
  const same = JSON.stringify(back, (k, v) => typeof v === 'bigint' ? String(v) : v)
  const wanted = JSON.stringify(row, (k, v) => typeof v === 'bigint' ? String(v) : v)
  if (same !== wanted) throw new Error(same + ' is not ' + wanted)
  await ctx.db.update(t).set({ doc: 'text', ok: false }).where(eq(t.id, 1))
  const rows = await ctx.db.execute(sql\`SELECT doc, at FROM t\`)
  if (rows[0].doc !== 'text' || !(rows[0].at instanceof Date)) throw new Error(JSON.stringify(rows))
  const [plain] = await ctx.sql\`SELECT at FROM t\`
  if (!(plain.at instanceof Date)) throw new Error('ctx.sql was changed')`)
  await boot()
  expect(await database.query('SELECT jsonb_typeof(doc) AS type, ok FROM t')).toEqual([
    { type: 'string', ok: false },
  ])
})

test('sql.begin nests as a savepoint: what it undoes is undone, the step goes on', async () => {
  const { database, boot } = await run(`
  await ctx.sql\`INSERT INTO t (id) VALUES (1)\`
  await ctx.sql.begin(async (sql) => { await sql\`INSERT INTO t (id) VALUES (2)\`; throw new Error('no') }).catch(() => {})
  await ctx.sql.begin(async (sql) => { await sql\`INSERT INTO t (id) VALUES (3)\` })`)
  await boot()
  expect(await database.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }])
})

test('a body that throws is rolled back, and the error names file and line', async () => {
  const { database, boot } = await run(`
  await ctx.sql\`INSERT INTO t (id) VALUES (1)\`
  throw new Error('second thoughts')`)
  const error = await failure(boot())
  expect(error).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { revision: 'bbb2', line: 8 },
  })
  expect(error.message).toContain('second thoughts')
  expect(await database.query('SELECT * FROM t')).toEqual([])
})

test('an SQL error in code carries SQLSTATE and the line of the call', async () => {
  const { boot } = await run(`
  await ctx.sql\`INSERT INTO t (id) VALUES (1)\`
  await ctx.sql\`INSERT INTO nope (id) VALUES (1)\``)
  const error = await failure(boot())
  expect(error.details).toMatchObject({ revision: 'bbb2', sqlstate: '42P01', line: 8 })
})

test('the connection cannot be taken from the runner', async () => {
  const { boot } = await run(`  await ctx.sql.end()`)
  expect((await failure(boot())).message).toContain('the connection is the runner')
})

test('a backfill in a transaction runs in it, and counts its rows', async () => {
  const { database, boot } = await run(`
  await ctx.sql\`INSERT INTO t (id) SELECT generate_series(1, 25)\`
  const rows = await ctx.backfill({ table: 't', batchSize: 10, set: 'ok = true', where: 'id > 5' })
  if (rows !== 20) throw new Error('rows ' + rows)`)
  await boot()
  expect(await database.query('SELECT count(*)::int AS n FROM t WHERE ok')).toEqual([{ n: 20 }])
})

test('a backfill by a column that is not unique is refused', async () => {
  const { boot } = await run(`  await ctx.backfill({ table: 't', key: 'ok', set: 'ok = true' })`)
  expect(await failure(boot())).toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
})
