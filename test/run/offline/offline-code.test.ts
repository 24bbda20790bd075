import { expect, test } from 'vitest'
import { createMigrator, type LimbeckOptions } from '../../../src/index.ts'
import { inlineParameters } from '../../../src/run/offline/literal.ts'
import { createDatabase } from '../../support/postgres.ts'
import { psql, readState } from '../../support/psql.ts'
import { codeText } from '../../support/revision-text.ts'
import { failure, revisionFolder } from '../../support/revisions.ts'

const table = `CREATE TYPE mood AS ENUM ('ok', 'great');
CREATE TABLE t (id int PRIMARY KEY, tags text[], doc jsonb, at timestamptz, day date, ok boolean, big bigint, amount numeric, raw bytea, note text, nums int[], m mood);`

async function written(upgrade: string, head = '', options: Partial<LimbeckOptions> = {}) {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: table, down: 'DROP TABLE t; DROP TYPE mood;' })
  const downgrade = `await sql\`DELETE FROM t WHERE id IN \${sql([1, 2])}\``
  await folder.ts('bbb2', codeText('bbb2', upgrade, head, downgrade))
  const online = await createDatabase()
  const migrator = createMigrator({ url: online.url, migrations: folder.path, ...options })
  return { online, migrator }
}

/** Runs the body online and the script by psql, and compares. */
async function same(upgrade: string, head = '', options: Partial<LimbeckOptions> = {}) {
  const { online, migrator } = await written(upgrade, head, options)
  const offline = await createDatabase()
  await migrator.upgrade()
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  expect(await psql(offline, sql)).toEqual({ code: 0, stderr: '' })
  expect(await readState(offline, ['t'])).toEqual(await readState(online, ['t']))
  return { sql, online, offline, migrator }
}

const refused = async (upgrade: string, head = '') =>
  failure((await written(upgrade, head)).migrator.upgrade('head', { sql: true }))

test('postgres.js: every kind of parameter, helper and fragment', async () => {
  const { sql, online, offline, migrator } = await same(`
  const { sql } = ctx
  const row = { id: 1, tags: ['a', 'b"c', 'd\\\\e', null], doc: { x: [1, "y'"], at: new Date(0) }, at: new Date('2026-01-02T03:04:05.678Z'), day: '2026-02-03', ok: true,
    big: 9007199254740993n, amount: '1.50', raw: Buffer.from([0, 1, 255]), note: "it's \\\\ :USER\\r\\n\\\\q\\n\\r", nums: [1, -2], m: 'ok' }
  await sql\`INSERT INTO t \${sql([row, { ...row, id: 2, ok: false, note: null, amount: -3.5 }])}\`
  await sql\`INSERT INTO t \${sql({ ...row, id: 3 }, 'id', 'note')}\`
  const filter = sql\`id = \${3}\`
  await sql\`UPDATE t SET \${sql({ note: 'changed', big: 5 }, 'note', 'big')} WHERE \${filter} AND \${sql('note')} = ANY(\${['x', row.note]})\`
  await sql\`UPDATE t SET doc = \${sql.json(['a'])}, tags = \${sql.array(['x', 'y'])}, nums = \${sql.array([7], 23)} WHERE id IN \${sql([2, 3])}\`
  await sql\`UPDATE t SET doc = \${'text'}::jsonb, day = \${new Date('2026-05-06T00:00:00Z')}, tags = \${[]}::text[] WHERE id = \${2} AND \${true}\`
  await sql\`UPDATE t SET doc = \${'{"a": 1}'}::text::jsonb WHERE id = \${3}\`
  await sql.unsafe('UPDATE t SET note = note || $1 || $2 || $1 WHERE id = $3', ['$2', 'x', 3])
  await sql.unsafe("UPDATE t SET note = note || '$1'; UPDATE t SET amount = 1 WHERE id = 3;")
  await sql\`UPDATE t SET big = big \${sql.unsafe('+ 1')} WHERE id = \${1n}\`
  await sql\`SELECT \${sql(['id', 'note'])} FROM t WHERE \${sql('t.id')} = 1\`
  await sql\`UPDATE t SET big = big&\${5} WHERE nums[1] = \${1} OR note IS NOT DISTINCT FROM \${null}\`
  await sql\`INSERT INTO t (id, m) SELECT x.id::int, x.m::mood FROM (VALUES \${sql([[8, 'great'], [9, 'ok']])}) AS x (id, m) WHERE false\`
  await sql.notify('channel', 'payload')`)
  expect(sql).toContain('upgrade bbb2: Code')
  await migrator.downgrade('aaa1')
  await psql(offline, (await migrator.downgrade('bbb2:aaa1', { sql: true })).sql ?? '')
  expect(await readState(offline, ['t'])).toEqual(await readState(online, ['t']))
})

test('drizzle: insert, update, delete, execute; a returning that nobody reads', async () => {
  await same(`
  const { pgTable, integer, text, jsonb, timestamp, date, boolean, bigint, numeric } = await import('drizzle-orm/pg-core')
  const { eq, sql } = await import('drizzle-orm')
  const t = pgTable('t', { id: integer(), tags: text().array(), doc: jsonb(), at: timestamp({ withTimezone: true }), day: date(), ok: boolean(), big: bigint({ mode: 'bigint' }), amount: numeric() })
  const row = { id: 1, tags: ['a', 'b"c'], doc: { n: [1], x: "y'" }, at: new Date('2026-01-02T03:04:05.678Z'), day: '2026-02-03', ok: true, big: 9007199254740993n, amount: '1.50' }
  await ctx.db.insert(t).values([row, { ...row, id: 2, doc: 'text', tags: [] }, { id: 3 }])
  await ctx.db.update(t).set({ ok: false, doc: [1, 2] }).where(eq(t.id, 1)).returning()
  await ctx.db.delete(t).where(eq(t.id, 3))
  await ctx.db.execute(sql\`UPDATE t SET note = \${'x'} WHERE id = \${1}\`)`)
})

test('begin nests as a savepoint; hooks send their statements around the body', async () => {
  const hooks: LimbeckOptions['hooks'] = {
    beforeStep: async ({ sql, revision }) => {
      if (revision === 'bbb2') await sql`INSERT INTO t (id, note) VALUES (${1}, ${revision})`
    },
    afterStep: async ({ sql, revision }) => {
      await sql`COMMENT ON TABLE t IS ${sql.unsafe(`'${revision}'`)}`
    },
  }
  const { sql } = await same(
    `
  await ctx.sql.begin(async (sql) => { await sql\`INSERT INTO t (id) VALUES (2)\`; throw new Error('no') }).catch(() => {})
  await ctx.sql.begin((sql) => [sql\`INSERT INTO t (id) VALUES (3)\`, sql\`INSERT INTO t (id) VALUES (4)\`])`,
    '',
    { hooks },
  )
  expect(sql.match(/SAVEPOINT limbeck_1;/g)).toHaveLength(5)
})

test.each([
  ['one UPDATE in a transaction', '', 'WHERE id > 5'],
  ['batches that commit outside of one', `export const transaction = 'none'`, 'COMMIT;\n    EXIT'],
])('a backfill: %s', async (_, head, text) => {
  const { sql } = await same(
    `
  await ctx.sql\`INSERT INTO t (id, big) SELECT n, 0 FROM generate_series(1, 25) n\`
  await ctx.backfill({ table: 't', batchSize: 10, set: 'ok = true, big = big + 1', where: 'id > 5' })
  await ctx.backfill({ table: 'public.t', set: \`note = 'it''s'\`, pauseMs: 1 })`,
    head,
  )
  expect(sql).toContain(text)
})

test('a backfill that was interrupted is gone on with by an online run; a key that is not unique is refused', async () => {
  const { migrator, online } = await written(
    `
  await ctx.sql\`INSERT INTO t (id, big) SELECT n, 0 FROM generate_series(1, 25) n ON CONFLICT DO NOTHING\`
  await ctx.backfill({ table: 't', batchSize: 10, set: 'big = big + 1 / (id - 15)' })`,
    `export const transaction = 'none'`,
  )
  const { sql = '' } = await migrator.upgrade('head', { sql: true })
  expect((await psql(online, sql)).stderr).toContain('division by zero')
  expect(await online.query('SELECT cursors FROM limbeck_progress')).toEqual([
    {
      cursors: {
        '0 t': { key: '10', rows: 10 },
        'limbeck record': { compatible: null, downgradeSql: null, rowsBefore: ['aaa1'] },
      },
    },
  ])
  await online.query('UPDATE t SET id = 99 WHERE id = 15')
  expect((await failure(migrator.upgrade())).message).toContain('division by zero')
  const wrong = await written(
    `  await ctx.backfill({ table: 't', key: 'ok', set: 'ok = true' })`,
    `export const transaction = 'none'`,
  )
  const { sql: other = '' } = await wrong.migrator.upgrade('head', { sql: true })
  expect((await psql(wrong.online, other)).stderr).toContain('unique and not null')
})

test.each([
  ['const [row] = await ctx.sql`SELECT 1`'],
  ['const rows = await ctx.sql`SELECT 1`; if (rows.length > 0) return'],
  ['for (const row of await ctx.sql`SELECT 1`) await row'],
  ['(await ctx.sql`SELECT 1`).map((row) => row)'],
  ['(await ctx.sql`UPDATE t SET id = 1`).count'],
  ['await ctx.sql`SELECT 1`.then((rows) => rows[0])'],
  ['await ctx.sql`SELECT 1`.forEach(() => {})'],
  ['for await (const rows of ctx.sql`SELECT 1`.cursor(10)) await rows'],
  ['try { (await ctx.sql`SELECT 1`)[0].x } catch {}'],
  ['const [a] = await ctx.sql.begin((sql) => sql`SELECT 1`)'],
  ['const rows = await ctx.db.execute("SELECT 1"); rows[0]'],
  ['const rows = await ctx.backfill({ table: "t", set: "id = id" }); if (rows > 1) return'],
  ['const x = { ...(await ctx.sql`SELECT 1`) }'],
  [`await ctx.sql\`SELECT \${Symbol("x")}\``],
  [`await ctx.sql\`SELECT \${undefined}\``],
  [`await ctx.sql\`INSERT INTO t (tags) VALUES (\${[]})\``],
  [`await ctx.sql\`INSERT INTO t (doc) VALUES (\${JSON.stringify({ a: 1 })})\``],
  [`await ctx.sql\`SELECT \${ctx.sql.typed("x", 99999)}\``],
])('refused with file and line: %s', async (statement) => {
  const error = await refused(`\n  ${statement}`)
  expect(error).toMatchObject({
    code: 'LIMBECK_OFFLINE',
    details: { revision: 'bbb2', direction: 'upgrade', line: 7 },
  })
  expect(error.message).toMatch(/bbb2_test\.ts:7: the upgrade of revision bbb2 \(Code\) /)
})

test('an error of its own, bad SQL and a connection that is asked for are told apart', async () => {
  expect(await refused(`\n  throw new Error('second thoughts')`)).toMatchObject({
    code: 'LIMBECK_STEP_FAILED',
    details: { line: 7 },
  })
  expect(await refused('\n  await ctx.sql`SELEC 1`')).toMatchObject({
    code: 'LIMBECK_SQL_SYNTAX',
    details: { line: 7 },
  })
  expect(await refused('\n  await ctx.sql.largeObject()')).toMatchObject({
    code: 'LIMBECK_OFFLINE',
    details: { line: 7 },
  })
})

test('parameters are found in code only', () => {
  const query = `SELECT '$1', "$1", a$1, $1::text -- $1\n, $$ $1 $$, $2/* $2 */`
  expect(inlineParameters({ text: query, values: ["o'", 2], types: [0, 0] })).toBe(
    `SELECT '$1', "$1", a$1, 'o'''::text -- $1\n, $$ $1 $$, '2'/* $2 */`,
  )
})
