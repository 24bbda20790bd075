import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { urlOf } from '../support/database.ts'
import { project } from './autogenerate-project.ts'
import { keeps, type Models } from './there-and-back.ts'

const columnFacts = `SELECT obj_description(c.oid, 'pg_class') AS comment, relacl::text,
  (SELECT json_agg(json_build_array(attname, col_description(attrelid, attnum), attacl::text) ORDER BY attname)
     FROM pg_attribute WHERE attrelid = c.oid AND attname IN ('id', 'x')) AS columns,
  (SELECT json_agg(obj_description(indexrelid, 'pg_class')) FROM pg_index WHERE indrelid = c.oid) AS indexes
  FROM pg_class c WHERE relname = 'v'`

test('views and policies keep theirs when what they read changes', async () => {
  const models = (type: pg.PgColumnBuilderBase) => {
    const t = pg.pgTable('t', { id: pg.integer().primaryKey(), x: type }, () => [
      pg.pgPolicy('p', { using: sql`x is not null` }),
    ])
    return { t, v: pg.pgView('v', { x: pg.integer() }).as(sql`select x from t`) }
  }
  await keeps(
    models(pg.integer()),
    models(pg.bigint({ mode: 'number' })),
    `COMMENT ON VIEW v IS 'a view'; COMMENT ON COLUMN v.x IS 'its column'; GRANT SELECT ON v TO pg_monitor;
     GRANT UPDATE (x) ON v TO PUBLIC; COMMENT ON POLICY p ON t IS 'a policy';
     CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()`,
    `SELECT obj_description(oid, 'pg_class') AS comment, relacl::text,
       (SELECT col_description(attrelid, attnum) || attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attname = 'x') AS column,
       (SELECT tgname FROM pg_trigger WHERE tgrelid = c.oid) AS trigger,
       (SELECT obj_description(oid, 'pg_policy') FROM pg_policy) AS policy
     FROM pg_class c WHERE relname = 'v'`,
  )
})

test('a materialized view keeps its indexes, comment and grants when what it reads changes', async () => {
  const models = (type: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), x: type }),
    m: pg.pgMaterializedView('m', { x: pg.integer() }).as(sql`select x from t`),
  })
  await keeps(
    models(pg.integer()),
    models(pg.bigint({ mode: 'number' })),
    `CREATE INDEX m_x ON m (x); COMMENT ON MATERIALIZED VIEW m IS 'a copy';
     COMMENT ON INDEX m_x IS 'an index'; CLUSTER m USING m_x; GRANT SELECT ON m TO pg_monitor`,
    `SELECT obj_description(oid, 'pg_class') AS comment, relacl::text, relkind,
       (SELECT indisclustered || pg_get_indexdef(indexrelid) || obj_description(indexrelid, 'pg_class') FROM pg_index WHERE indrelid = c.oid) AS index
     FROM pg_class c WHERE relname = 'm'`,
  )
})

test('what a column of a view carries is named where the column goes', async () => {
  const { limbeck, reach, query, text } = await project()
  const t = pg.pgTable('t', { id: pg.integer().primaryKey(), x: pg.integer() })
  await reach({
    t,
    v: pg.pgView('v', { id: pg.integer(), x: pg.integer() }).as(sql`select id, x from t`),
  })
  await query("COMMENT ON COLUMN v.x IS 'its x'; COMMENT ON COLUMN v.id IS 'its id'")
  const after = { t, v: pg.pgView('v', { id: pg.integer() }).as(sql`select id from t`) }
  const { revisions } = await limbeck(after).autogenerate({ message: 'x' })
  const written = text(revisions[0]?.file ?? '')
  expect(written).toContain(
    '-- check this: what comments of the view say of "x" is lost\nDROP VIEW "v";',
  )
  expect(written.split('-- +downgrade')[0]).toContain("COMMENT ON COLUMN v.id IS 'its id';")
})

test('a view that is made again is as open as it was, and keeps owner and defaults', async () => {
  const models = (type: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), x: type }),
    v: pg.pgView('v', { id: pg.integer(), x: pg.integer() }).as(sql`select id, x from t`),
  })
  await keeps(
    models(pg.integer()),
    models(pg.bigint({ mode: 'number' })),
    `ALTER DEFAULT PRIVILEGES GRANT SELECT, UPDATE ON TABLES TO pg_monitor; GRANT UPDATE ON v TO pg_monitor;
     ALTER VIEW v OWNER TO pg_database_owner; ALTER VIEW v ALTER x SET DEFAULT 7`,
    `SELECT has_table_privilege('pg_monitor', 'v', 'SELECT') AS reads, has_table_privilege('pg_monitor', 'v', 'UPDATE') AS writes,
       pg_get_userbyid(relowner) AS owner, (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid) AS standard
     FROM pg_class c WHERE relname = 'v'`,
  )
})

for (const [kind, make] of [
  ['view', pg.pgView],
  ['materialized view', pg.pgMaterializedView],
] as const)
  test(`a ${kind} with another query keeps what its columns and indexes carry`, async () => {
    const t = pg.pgTable('t', { id: pg.integer().primaryKey(), x: pg.integer() })
    const models = (query: string, more = {}) => ({
      t,
      v: (make as typeof pg.pgView)('v', { id: pg.integer(), x: pg.integer(), ...more }).as(
        sql.raw(query),
      ),
    })
    const isView = kind === 'view'
    const index = "CREATE INDEX v_x ON v (x); COMMENT ON INDEX v_x IS 'an index'"
    const written = await keeps(
      models('select id, x from t'),
      models('select x, id, x + 1 as y from t where x > 0', { y: pg.integer() }),
      `COMMENT ON ${kind.toUpperCase()} v IS 'all'; COMMENT ON COLUMN v.x IS 'its x'; GRANT SELECT (id) ON v TO pg_monitor;
       ${isView ? '' : index}`,
      columnFacts,
    )
    expect(written).not.toContain('-- check this')
  })

test('the owner of a view comes back where the role can give it back, and is named where not', async () => {
  const owned = (type: pg.PgColumnBuilderBase) => ({
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), x: type }),
    v: pg.pgView('v', { x: pg.integer() }).as(sql`select x from t`),
  })
  const database = await project()
  const { query } = database
  const suffix = database.name.slice(-12)
  const [migrator, boss] = [`migrator_${suffix}`, `boss_${suffix}`]
  await query(`CREATE ROLE ${boss}; CREATE ROLE ${migrator} LOGIN CREATEDB PASSWORD 'm'; GRANT ${boss} TO ${migrator};
    ALTER SCHEMA public OWNER TO ${migrator}; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON DATABASE ${database.name} TO ${migrator}`)
  const url = urlOf(database.url, database.name, { name: migrator, password: 'm' })
  const limbeck = (models: Models) =>
    createMigrator({ url, migrations: join(database.root, 'migrations'), models })
  const write = async (type: pg.PgColumnBuilderBase) => {
    const { revisions } = await limbeck(owned(type)).autogenerate({
      message: 'x',
      allowDataLoss: true,
    })
    await limbeck(owned(type)).upgrade()
    return revisions.map(({ file }) => database.text(file)).join('\n')
  }
  const owner = async () =>
    (await query("SELECT pg_get_userbyid(relowner) AS is FROM pg_class WHERE relname = 'v'"))[0]
  try {
    await write(pg.integer())
    await query(
      `GRANT CREATE ON SCHEMA public TO ${boss}; GRANT SELECT ON t TO ${boss}; ALTER VIEW v OWNER TO ${boss}`,
    )
    expect(await write(pg.bigint({ mode: 'number' }))).toContain(`ALTER VIEW v OWNER TO ${boss};`)
    expect(await owner()).toEqual({ is: boss })
    await query(`REVOKE CREATE ON SCHEMA public FROM ${boss}`)
    expect(await write(pg.numeric())).toContain(
      `-- check this: v belongs to the role that runs this then, no longer to ${boss}\n`,
    )
    expect(await owner()).toEqual({ is: migrator })
  } finally {
    await query(
      `ALTER SCHEMA public OWNER TO CURRENT_USER; DROP OWNED BY ${migrator}, ${boss} CASCADE; DROP ROLE ${migrator}, ${boss}`,
    )
  }
})
