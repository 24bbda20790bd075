import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
import { project } from './autogenerate-project.ts'

const t = (more: boolean) =>
  pg.pgTable('t', { id: pg.integer().primaryKey(), ...(more && { n: pg.integer() }) })

describe('row security', () => {
  const policy = (using: string) => pg.pgPolicy('mine', { using: sql.raw(using) })
  const secured = (...policies: ReturnType<typeof policy>[]) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey() }, () => policies),
  })

  test('that the models know nothing of stays when they change otherwise, up and down', async () => {
    const { limbeck, reach, query, text } = await project()
    await reach({ t: t(false) })
    await query(
      `ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY mine ON t USING (id > 5)`,
    )
    expect(await limbeck({ t: t(false) }).diff()).toEqual({ changes: [], warnings: [] })
    const { revisions } = await limbeck({ t: t(true) }).autogenerate({ message: 'n' })
    expect(text(revisions[0]?.file ?? '')).not.toMatch(/POLICY|SECURITY/)
    await limbeck({ t: t(true) }).upgrade()
    await limbeck({ t: t(true) }).downgrade('-1')
    expect(
      await query(
        `SELECT relrowsecurity, relforcerowsecurity, (SELECT polname FROM pg_policy WHERE polrelid = c.oid) FROM pg_class c WHERE relname = 't'`,
      ),
    ).toEqual([{ relrowsecurity: true, relforcerowsecurity: true, polname: 'mine' }])
  })

  test('reading a column that goes is asked about, as the column is', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ t: t(true) })
    await query('ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON t USING (n > 5)')
    const { details } = await failure(limbeck({ t: t(false) }).autogenerate({ message: 'x' }))
    expect(details.losses).toEqual(['the policy "mine" on "t"', 'all values of "t"."n"'])
  })

  test('is asked about when a policy goes or may open more, and older builds do not fit then', async () => {
    const { limbeck, reach, text } = await project()
    await reach(secured(policy('id > 5'), pg.pgPolicy('other', { using: sql`id > 7` })))
    for (const models of [secured(policy('id > 5')), secured(policy('true'), policy('id > 5'))]) {
      const { code } = await failure(limbeck(models).autogenerate({ message: 'x' }))
      expect(code).toMatch(/LIMBECK_DATA_LOSS|LIMBECK_UNSUPPORTED_MODEL/)
    }
    const models = secured(policy('id > 4'), pg.pgPolicy('other', { using: sql`id > 7` }))
    const { code, message } = await failure(limbeck(models).autogenerate({ message: 'x' }))
    expect(code).toBe('LIMBECK_DATA_LOSS')
    expect(message).toContain('the policy "mine" on "t" as it is')
    const { revisions } = await limbeck(models).autogenerate({ message: 'x', allowDataLoss: true })
    const written = text(revisions[0]?.file ?? '')
    expect(written).toMatch(/^-- compatible: no$/m)
    expect(written).toMatch(/^-- data loss: the policy "mine" on "t"/m)
  })
})

describe('what another has made', () => {
  test('views that the models lack are asked about', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ t: t(false) })
    await query('CREATE VIEW v AS SELECT id FROM t; CREATE MATERIALIZED VIEW m AS SELECT id FROM t')
    const { code, details } = await failure(limbeck({ t: t(true) }).autogenerate({ message: 'x' }))
    expect(code).toBe('LIMBECK_DATA_LOSS')
    expect(details.losses).toEqual([
      'the view "v", which the models do not have',
      'the materialized view "m", which the models do not have',
    ])
  })

  test.each([
    ['_prisma_migrations', 'id text, checksum text, migration_name text'],
    ['knex_migrations', 'id serial, name text, batch integer'],
    ['migrations', 'id serial, timestamp bigint, name text'],
    ['flyway_schema_history', 'installed_rank integer, version text, checksum integer'],
    ['SequelizeMeta', 'name text'],
    ['__drizzle_migrations__', 'id serial, hash text, created_at bigint'],
    ['migrations', 'id serial, hash text, created_at bigint'],
  ])('the history of another tool is left alone: %s', async (name, columns) => {
    const { limbeck, reach, query } = await project()
    await reach({ t: t(false) })
    await query(`CREATE TABLE "${name}" (${columns})`)
    expect(await limbeck({ t: t(false) }).diff()).toEqual({ changes: [], warnings: [] })
    const { revisions } = await limbeck({ t: t(true) }).autogenerate({ message: 'x' })
    expect(revisions).toHaveLength(1)
  })

  test.each([
    ['drizzle', 'hash text, created_at bigint'],
    ['node-pg-migrate', 'name text, run_on timestamp'],
  ] as const)(
    'the configured ledger is left alone, whatever it is called: %s',
    async (tool, columns) => {
      const { limbeck, reach, query } = await project({
        ledger: { tool, schema: 'public', table: 'done' },
        autogenerate: { include: ['*'] },
      })
      await reach({ t: t(false) })
      await query(`CREATE TABLE IF NOT EXISTS done (id serial, ${columns})`)
      expect(await limbeck({ t: t(false) }).diff()).toEqual({ changes: [], warnings: [] })
      expect((await limbeck({ t: t(false) }).check()).findings).toEqual([])
    },
  )

  test('a table that only has such a name is not', async () => {
    const { limbeck, reach, query } = await project()
    await reach({ t: t(false) })
    await query('CREATE TABLE migrations (bird text)')
    const { details } = await failure(limbeck({ t: t(true) }).autogenerate({ message: 'x' }))
    expect(details.losses).toEqual(['all rows of "migrations"'])
  })
})

test.each([
  ['timestamp to time', pg.timestamp(), pg.time()],
  ['numeric to double precision', pg.numeric(), pg.doublePrecision()],
  ['integer to boolean', pg.integer(), pg.boolean()],
  ['json to jsonb', pg.json(), pg.jsonb()],
  ['inet to cidr', pg.inet(), pg.cidr()],
  ['text to integer', pg.text(), pg.integer()],
])('%s is asked about', async (_, before, after) => {
  const { limbeck, reach, files } = await project()
  const models = (column: typeof before | typeof after) => ({ t: pg.pgTable('t', { x: column }) })
  await reach(models(before))
  const { code } = await failure(limbeck(models(after)).autogenerate({ message: 'x' }))
  expect(code).toBe('LIMBECK_DATA_LOSS')
  expect(files()).toHaveLength(1)
})

test.each([
  [{ kind: 'index' as const, name: 'by_hand_*' }],
  ['index:t.by_hand_*'],
  [{ kind: 'index' as const, name: 'public.t.by_hand_n' }],
])('exclude leaves an index alone: %j', async (excluded) => {
  const { limbeck, reach, query } = await project({ autogenerate: { exclude: [excluded] } })
  await reach({ t: t(true) })
  await query('CREATE INDEX by_hand_n ON t (n); CREATE INDEX other ON t (n)')
  const { changes } = await limbeck({ t: t(true) }).diff()
  expect(changes.map(({ sql: text }) => text).join()).toMatch(/^[^;]*"other"[^;]*;$/)
})

test('exclude leaves constraints, policies and columns alone, with what needs the column', async () => {
  const exclude = ['constraint:mine', 'policy:mine', { kind: 'column' as const, name: 't.mine' }]
  const { limbeck, reach, query } = await project({ autogenerate: { exclude } })
  const secured = {
    t: pg.pgTable('t', { id: pg.integer().primaryKey() }, () => [
      pg.pgPolicy('theirs', { using: sql`true` }),
    ]),
  }
  await reach(secured)
  await query(`ALTER TABLE t ADD mine text UNIQUE, ADD CONSTRAINT mine CHECK (id > 0);
    CREATE INDEX on_mine ON t (mine); CREATE POLICY mine ON t`)
  expect(await limbeck(secured).diff()).toEqual({ changes: [], warnings: [] })
})

test('the place in the graph is made sure of before anything is asked', async () => {
  const { limbeck, reach } = await project()
  await reach({ t: t(false) })
  const { parents } = await limbeck({}).revision({ message: 'a' })
  await limbeck({}).revision({ message: 'b', head: [...parents], splice: true })
  const asked: unknown[] = []
  const ask = async (question: unknown) => asked.push(question)
  const { code } = await failure(limbeck({ t: t(true) }).autogenerate({ message: 'x', ask }))
  expect(code).toBe('LIMBECK_MULTIPLE_HEADS')
  expect(asked).toEqual([])
})

test('what a table lets in once a rule goes is said above it, unless another stands in', async () => {
  const a = pg.pgTable('a', { id: pg.integer().primaryKey() })
  const models = (...rules: ((t: Record<string, pg.PgColumn>) => unknown)[]) => ({
    a,
    t: pg.pgTable('t', { x: pg.integer().notNull(), y: pg.integer() }, (t) =>
      rules.map((rule) => rule(t) as never),
    ),
  })
  const column = (t: Record<string, pg.PgColumn>, name: string) => t[name] as never
  const unique = (t: Record<string, pg.PgColumn>) => pg.unique('u').on(column(t, 'x'))
  const { limbeck, reach, text } = await project()
  await reach(
    models(
      unique,
      () => pg.check('c', sql`x > 0`),
      (t) => pg.foreignKey({ columns: [column(t, 'y')], foreignColumns: [a.id] }),
    ),
  )
  const notes = async (after: ReturnType<typeof models>) => {
    const { revisions } = await limbeck(after).autogenerate({ message: 'x' })
    const written = revisions.map(({ file }) => text(file).split('-- +downgrade')[0]).join('\n')
    return [...written.matchAll(/^-- (from now on .*)$/gm)].map(([, note]) => note)
  }
  expect(await notes(models())).toEqual([
    'from now on a row of "t" may point at nothing in "a"',
    'from now on a row of "t" need not fit it',
    'from now on two rows may have the same "x"',
  ])
})

test('a view that would lose what keeps rows from its readers is asked about', async ({ skip }) => {
  const models = (more: boolean) => ({
    t: t(more),
    v: pg.pgView('v', { id: pg.integer() }).as(sql`select id from t`),
  })
  const { limbeck, reach, query, text } = await project()
  const [server] = await query(`SELECT current_setting('server_version_num')::int AS version`)
  if (Number(server?.version) < 150000) skip('security_invoker came with PostgreSQL 15')
  await reach(models(false))
  await query('ALTER VIEW v SET (security_invoker = true)')
  const { code, details } = await failure(limbeck(models(true)).autogenerate({ message: 'x' }))
  expect(code).toBe('LIMBECK_DATA_LOSS')
  expect(details.losses).toEqual(['security_invoker of the view "v"'])
  const allowed = { message: 'x', allowDataLoss: true }
  const { revisions } = await limbeck(models(true)).autogenerate(allowed)
  expect(text(revisions[0]?.file ?? '')).toMatch(/^-- compatible: no$/m)
})
