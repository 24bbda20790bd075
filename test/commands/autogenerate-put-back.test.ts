import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { readCarried } from '../support/carried.ts'
import { readCatalog } from '../support/catalog.ts'
import { project } from './autogenerate-project.ts'
import { facts, generated, given, keeps } from './there-and-back.ts'

test('a generated column keeps what models cannot say when its expression changes', async () => {
  const written = await keeps(generated('n + 1'), generated('n + 2'), given, facts)
  expect(written).toMatch(/SET EXPRESSION AS \(n \+ 2\)|COMMENT ON COLUMN/)
})

test('and when it is made again for another type', async () => {
  const after = generated('n + 1', pg.bigint({ mode: 'number' }) as never)
  const written = await keeps(generated('n + 1'), after, given, facts)
  expect(written).toContain(`COMMENT ON COLUMN t.g IS 'it''s computed';`)
  expect(written).toContain('GRANT SELECT (g) ON t TO pg_monitor;')
})

test('a column that goes for good comes back with it', async () => {
  const { limbeck, reach, query } = await project()
  await reach(generated('n + 1'))
  await query(given)
  const origin = await query(facts)
  const bare = { t: pg.pgTable('t', { id: pg.integer().primaryKey(), n: pg.integer() }) }
  await limbeck(bare).autogenerate({ message: 'x', allowDataLoss: true })
  await limbeck(bare).upgrade()
  await limbeck(bare).downgrade('-1')
  expect(await query(facts)).toEqual(origin)
})

test('an index and a key are to their table what they were', async () => {
  const models = (more: boolean) => ({
    t: pg.pgTable('t', { a: pg.integer().notNull(), b: pg.integer().notNull() }, (t) => [
      pg.uniqueIndex('u').on(...((more ? [t.a, t.b] : [t.a]) as [typeof t.a])),
      pg.unique('k').on(...((more ? [t.b, t.a] : [t.b]) as [typeof t.a])),
    ]),
  })
  await keeps(
    models(false),
    models(true),
    `COMMENT ON INDEX u IS 'an index'; COMMENT ON CONSTRAINT k ON t IS 'a key';
     ALTER TABLE t REPLICA IDENTITY USING INDEX u; ALTER TABLE t CLUSTER ON k`,
    `SELECT relname, obj_description(indexrelid, 'pg_class') AS comment, indisreplident, indisclustered,
       (SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conindid = indexrelid) AS of_constraint
     FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 't'::regclass ORDER BY 1`,
  )
})

test('an enum keeps its comment and grants when a value goes', async () => {
  const models = (...values: [string, ...string[]]) => {
    const mood = pg.pgEnum('mood', values)
    return { mood, t: pg.pgTable('t', { m: mood() }) }
  }
  await keeps(
    models('a', 'b'),
    models('a'),
    `COMMENT ON TYPE mood IS 'a mood'; GRANT USAGE ON TYPE mood TO pg_monitor`,
    `SELECT obj_description(oid, 'pg_type') AS comment, typacl::text ~ 'pg_monitor' AS granted FROM pg_type WHERE typname = 'mood'`,
  )
})

test('a table that goes for good comes back with all that was on it', async () => {
  const t = pg.pgTable('t', { id: pg.serial().primaryKey(), n: pg.integer() }, (t) => [
    pg.index('by_n').on(t.n),
    pg.unique('one').on(t.n),
  ])
  const { limbeck, reach, query } = await project()
  await reach({ t })
  await query(`
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER tr BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION f();
    ALTER TABLE t DISABLE TRIGGER tr, REPLICA IDENTITY FULL, SET (fillfactor = 70), ALTER n SET STATISTICS 9;
    ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY mine ON t USING (n > 5);
    CREATE INDEX covering ON t (id) INCLUDE (n); CLUSTER t USING covering; CREATE STATISTICS st ON id, n FROM t;
    ALTER TABLE t ADD CONSTRAINT apart EXCLUDE (id WITH =);
    COMMENT ON TABLE t IS 'a table'; COMMENT ON COLUMN t.n IS 'a column'; COMMENT ON INDEX by_n IS 'an index';
    COMMENT ON CONSTRAINT one ON t IS 'a constraint'; COMMENT ON POLICY mine ON t IS 'a policy';
    COMMENT ON TRIGGER tr ON t IS 'a trigger'; COMMENT ON STATISTICS st IS 'counts'; COMMENT ON SEQUENCE t_id_seq IS 'numbers';
    GRANT SELECT ON t TO pg_monitor WITH GRANT OPTION; GRANT UPDATE (n) ON t TO PUBLIC; GRANT USAGE ON t_id_seq TO pg_monitor`)
  const facts = async () => [...(await readCatalog({ query })), ...(await readCarried({ query }))]
  const origin = await facts()
  await limbeck({}).autogenerate({ message: 'x', allowDataLoss: true })
  await limbeck({}).upgrade()
  await limbeck({}).downgrade('-1')
  expect(await facts()).toEqual(origin)
})

test('what a revision makes again keeps its comment where another one has brought its table back', async () => {
  const models = (values: [string, ...string[]], hasTable: boolean) => {
    const mood = pg.pgEnum('mood', values)
    const t = pg.pgTable('t', { id: pg.integer(), m: mood().default(values[0]) }, (t) => [
      pg.index('by_mood').on(t.id).where(sql`${t.m} is not null`),
      pg.check('known', sql`${t.m} <> 'a' or ${t.id} > 0`),
    ])
    return hasTable ? { mood, t } : { mood }
  }
  const { limbeck, reach, query } = await project()
  await reach(models(['a'], true))
  await query(
    `COMMENT ON INDEX by_mood IS 'an index'; COMMENT ON CONSTRAINT known ON t IS 'a check'`,
  )
  const facts = async () => [...(await readCatalog({ query })), ...(await readCarried({ query }))]
  const origin = await facts()
  const after = limbeck(models(['a', 'b'], false))
  const { revisions } = await after.autogenerate({ message: 'x', allowDataLoss: true })
  expect(revisions).toHaveLength(2)
  await after.upgrade()
  await after.downgrade('-2')
  expect(await facts()).toEqual(origin)
})

test('a sequence behind a column keeps its comment and grants from serial to identity and back', async () => {
  const models = (id: pg.PgColumnBuilderBase) => ({ t: pg.pgTable('t', { id }) })
  await keeps(
    models(pg.serial()),
    models(pg.integer().generatedByDefaultAsIdentity()),
    `COMMENT ON SEQUENCE t_id_seq IS 'numbers'; GRANT USAGE ON t_id_seq TO pg_monitor`,
    `SELECT obj_description(oid, 'pg_class') AS comment, relacl::text FROM pg_class WHERE relname = 't_id_seq'`,
  )
})

test('a view that becomes a materialized one keeps its comment and grants', async () => {
  const models = (view: typeof pg.pgView) => {
    const t = pg.pgTable('t', { id: pg.integer().primaryKey() })
    return { t, v: view('v', { id: pg.integer() }).as(sql`select id from t`) }
  }
  await keeps(
    models(pg.pgView),
    models(pg.pgMaterializedView as never),
    `COMMENT ON VIEW v IS 'a view'; GRANT SELECT ON v TO pg_monitor`,
    `SELECT obj_description(oid, 'pg_class') AS comment, relacl::text FROM pg_class WHERE relname = 'v'`,
  )
})

test('a view keeps its rules when what it reads changes', async () => {
  const models = (type: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), x: type }),
    v: pg.pgView('v', { x: pg.integer() }).as(sql`select x from t`),
  })
  await keeps(
    models(pg.integer()),
    models(pg.bigint({ mode: 'number' })),
    `CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING; COMMENT ON RULE r ON v IS 'a rule'`,
    `SELECT definition, obj_description(r.oid, 'pg_rewrite') AS comment FROM pg_rules JOIN pg_rewrite r USING (rulename) WHERE tablename = 'v'`,
  )
})

test('a trigger on a column makes way for an enum that is replaced', async () => {
  const models = (...values: [string, ...string[]]) => {
    const mood = pg.pgEnum('mood', values)
    return { mood, t: pg.pgTable('t', { id: pg.integer().primaryKey(), m: mood() }) }
  }
  await keeps(
    models('a', 'b'),
    models('b'),
    `INSERT INTO t VALUES (1, 'b'); COMMENT ON TYPE mood IS 'moods'; GRANT USAGE ON TYPE mood TO pg_monitor;
     CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER tr BEFORE UPDATE OF m ON t FOR EACH ROW WHEN (NEW.m IS NOT NULL) EXECUTE FUNCTION f()`,
    `SELECT obj_description('mood'::regtype, 'pg_type') AS comment, (SELECT pg_get_triggerdef(oid) FROM pg_trigger) AS trigger,
       (SELECT typacl::text FROM pg_type WHERE typname = 'mood') AS acl`,
  )
})

test('statistics and exclusions are named where a column takes a type without an order', async () => {
  const models = (n: pg.PgColumnBuilderBase) => ({ t: pg.pgTable('t', { id: pg.integer(), n }) })
  const { limbeck, reach, query, text } = await project()
  await reach(models(pg.text()))
  await query(
    'CREATE STATISTICS st ON id, n FROM t; ALTER TABLE t ADD CONSTRAINT apart EXCLUDE (n WITH =)',
  )
  const { revisions } = await limbeck(models(pg.json())).autogenerate({
    message: 'x',
    allowDataLoss: true,
  })
  const written = text(revisions[0]?.file ?? '')
  expect(written).toContain('-- fails while statistics object st is there')
  expect(written).toContain('-- fails while constraint apart on table t is there')
})

test('statistics on expressions of a column that is made again', async () => {
  const after = generated('n + 1', pg.bigint({ mode: 'number' }) as never)
  await keeps(
    generated('n + 1'),
    after,
    `CREATE STATISTICS s ON (g + 1), n FROM t; COMMENT ON STATISTICS s IS 'of both';`,
    `SELECT pg_get_statisticsobjdef(oid), obj_description(oid, 'pg_statistic_ext') AS comment FROM pg_statistic_ext`,
  )
})

test('the sequence of a serial keeps grants and comment when an identity takes its place, and back', async () => {
  const models = (isSerial: boolean) => ({
    t: pg.pgTable('t', {
      id: isSerial ? pg.serial() : pg.integer().generatedByDefaultAsIdentity(),
      n: pg.integer(),
    }),
  })
  const given =
    "COMMENT ON SEQUENCE t_id_seq IS 'numbers'; GRANT USAGE ON SEQUENCE t_id_seq TO pg_monitor; INSERT INTO t (n) VALUES (1), (2)"
  const facts = `SELECT obj_description(oid, 'pg_class') AS comment, relacl::text, (SELECT last_value::int FROM t_id_seq) AS last FROM pg_class WHERE relname = 't_id_seq'`
  await keeps(models(true), models(false), given, facts)
  await keeps(models(false), models(true), given, facts)
})

test('storage and compression come back with a column of the same type, and are left out of another', async () => {
  const given = 'ALTER TABLE t ALTER g SET COMPRESSION pglz, ALTER g SET STORAGE EXTERNAL'
  const facts = `SELECT attcompression, attstorage FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'g'`
  const ofText = generated("n || 'x'", pg.text() as never)
  const { limbeck, reach, query } = await project()
  await reach(ofText)
  await query(given)
  const origin = await query(facts)
  await limbeck(generated('n + 1')).autogenerate({ message: 'x', allowDataLoss: true })
  await limbeck(generated('n + 1')).upgrade()
  await limbeck(generated('n + 1')).downgrade('-1')
  expect(await query(facts)).toEqual(origin)
})

test.each([
  ['another type', pg.varchar({ length: 10 }), pg.text()],
  ['an array', pg.integer().array(), pg.bigint({ mode: 'number' }).array()],
])('a column that takes %s keeps storage and compression', async (_, before, after) => {
  const models = (n: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), n }),
  })
  const written = await keeps(
    models(before),
    models(after),
    'ALTER TABLE t ALTER n SET STORAGE EXTERNAL, ALTER n SET COMPRESSION pglz',
    `SELECT attstorage::text, attcompression::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'n'`,
  )
  expect(written.match(/SET STORAGE EXTERNAL/g)).toHaveLength(2)
})

test('a table by hand that inherits a column follows when its type changes', async () => {
  const models = (n: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), n }),
  })
  const { limbeck, reach, query } = await project()
  await reach(models(pg.integer()))
  await query('CREATE TABLE by_hand () INHERITS (t)')
  const after = models(pg.bigint({ mode: 'number' }))
  const { revisions } = await limbeck(after).autogenerate({ message: 'x' })
  expect(revisions.map(({ dataLoss }) => dataLoss)).toEqual([[]])
  await limbeck(after).upgrade()
  expect((await limbeck(after).diff()).changes).toEqual([])
  await limbeck(after).downgrade('-1')
  expect((await limbeck(models(pg.integer())).diff()).changes).toEqual([])
})
