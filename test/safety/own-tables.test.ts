import { initDb } from 'limbeck'
import { expect, test } from 'vitest'
import { createMigrator } from '../../src/migrator.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { emptyProject } from '../support/project.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

async function project() {
  const database = await createDatabase()
  await database.query('GRANT CREATE ON SCHEMA public TO PUBLIC')
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE things (id int)', down: 'DROP TABLE things' })
  return { database, options: { url: database.url, migrations: folder.path } }
}

const madeFirst = `CREATE TABLE limbeck_version (version_num varchar PRIMARY KEY);
CREATE TABLE limbeck_history (id int, version_table text, rows_after text[], head_of text, revision text, direction text, hash text, compatible bool);
CREATE TABLE limbeck_progress (version_table text, revision text, direction text);`

test.each([
  ['a view', `CREATE VIEW limbeck_version AS SELECT 'aaa1'::varchar AS version_num`, 'is a view'],
  [
    'a materialized view',
    `CREATE MATERIALIZED VIEW limbeck_version AS SELECT 'aaa1'::varchar AS version_num`,
    'is a materialized view',
  ],
  ['a table', `${madeFirst} INSERT INTO limbeck_version VALUES ('aaa1')`, 'belongs to role'],
  [
    'a history alone',
    'CREATE TABLE limbeck_history (id int); GRANT ALL ON limbeck_history TO PUBLIC',
    'belongs to role',
  ],
])('%s that somebody else has made first is refused by name', async (_, made, words) => {
  const { database, options } = await project()
  const stranger = await newRole(database)
  await stranger.query(made)
  for (const work of [
    () => initDb(options),
    () => initDb({ ...options, mode: 'verify' }),
    () => createMigrator(options).upgrade(),
    () => createMigrator(options).stamp('aaa1'),
  ]) {
    const error = await failure(work())
    expect(error.code).toBe('LIMBECK_PERMISSION_DENIED')
    expect(error.message).toContain(words)
    expect(error.message).toContain(stranger.name)
  }
  expect(await database.query(`SELECT FROM pg_tables WHERE tablename = 'things'`)).toEqual([])
})

/** Functions that make their owner superuser as soon as a superuser runs them, or plans what calls them. */
const climb = (
  role: string,
) => `CREATE FUNCTION climb() RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      EXECUTE 'ALTER ROLE "${role}" SUPERUSER'; END IF;
    RETURN 'aaa1'; END $$;
  CREATE FUNCTION climb(int) RETURNS text VOLATILE LANGUAGE sql AS 'SELECT climb()';`

test.each([
  ['a view', 'limbeck_version', 'SELECT climb(1)::varchar AS version_num'],
  ['a view that is planned', 'limbeck_version', 'SELECT climb()::varchar AS version_num'],
  ['a view that is the history', 'limbeck_history', 'SELECT climb() AS revision'],
  ['a view that is the progress', 'limbeck_progress', 'SELECT climb() AS revision'],
  [
    'a view that is the ledger of drizzle',
    '__drizzle_migrations',
    'SELECT climb() AS hash, 1::bigint AS created_at, climb(1) AS name, 1 AS id',
  ],
])('%s that somebody else has made runs nothing before it is refused', async (_, name, view) => {
  const { database, options } = await project()
  const migrations = tempFolder({
    '20200101000000_first/migration.sql': 'CREATE TABLE things (id int);',
  })
  const isLedger = name === '__drizzle_migrations'
  const used = isLedger ? { ...options, migrations } : options
  const stranger = await newRole(database)
  await database.query(`GRANT CREATE ON DATABASE "${database.name}" TO "${stranger.name}"`)
  const path = isLedger ? 'CREATE SCHEMA drizzle; SET search_path TO drizzle, public;' : ''
  await stranger.query(`${path} ${climb(stranger.name)} CREATE VIEW "${name}" AS ${view}`)
  const migrator = createMigrator(used)
  expect((await failure(initDb(used))).code).toBe('LIMBECK_PERMISSION_DENIED')
  for (const work of [
    () => initDb({ ...used, mode: 'verify' }),
    () => migrator.current(),
    () => migrator.check(),
    () => migrator.upgrade(),
    () => migrator.stamp('head'),
    () => migrator.doctor(),
    () => migrator.history(),
  ]) {
    const error = await work().then(
      () => null,
      (thrown) => thrown,
    )
    if (error)
      expect(error.message).toMatch(new RegExp(`${name} is a view of role ${stranger.name}`))
  }
  const [role] = await database.query(
    `SELECT rolsuper FROM pg_roles WHERE rolname = '${stranger.name}'`,
  )
  expect(role).toEqual({ rolsuper: false })
})

test('what default privileges give on new tables is taken from Limbeck’s own, reading excepted', async () => {
  const { database, options } = await project()
  const web = await newRole(database)
  await database.query(`ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO "${web.name}", PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO "${web.name}"`)
  expect((await initDb(options)).outcome).toBe('created')
  for (const statement of [
    `UPDATE limbeck_history SET downgrade_sql = 'SELECT 1'`,
    'DELETE FROM limbeck_version',
    `INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', 'aaa1', 'upgrade')`,
    'TRUNCATE limbeck_history',
    `SELECT setval('limbeck_history_id_seq', 1)`,
    'CREATE TRIGGER t BEFORE UPDATE ON limbeck_version EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  ])
    expect((await failure(web.query(statement))).code).toBe('42501')
  expect(await web.query('SELECT version_num FROM limbeck_version')).toHaveLength(1)
  // It is of the revision's tables that default privileges speak.
  expect(await web.query('INSERT INTO things VALUES (1)')).toEqual([])
})

test('check names who may write to Limbeck’s tables, with what to type against it', async () => {
  const { database, options } = await project()
  const web = await newRole(database)
  await initDb(options)
  await database.query(
    `GRANT UPDATE ON limbeck_history TO "${web.name}"; GRANT DELETE ON limbeck_version TO PUBLIC`,
  )
  const open = async () =>
    (await createMigrator(options).check()).findings.filter(
      ({ code }) => code === 'writable-by-others',
    )
  const findings = await open()
  expect(findings.map(({ message }) => message)).toEqual([
    `table public.limbeck_history can be written to by ${web.name}`,
    'table public.limbeck_version can be written to by PUBLIC',
  ])
  for (const { hint } of findings) await database.query(hint.replace('Close it: ', ''))
  expect(await open()).toEqual([])
})

test('row security on the version table is named where it hides the rows', async () => {
  const { database, options } = await project()
  const service = await newRole(database)
  await initDb(options)
  await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${service.name}";
    ALTER TABLE limbeck_version ENABLE ROW LEVEL SECURITY`)
  const asService = { ...options, url: service.url }
  for (const mode of ['upgrade', 'verify'] as const) {
    const error = await failure(initDb({ ...asService, mode }))
    expect(error.code).toBe('LIMBECK_PERMISSION_DENIED')
    expect(error.message).toContain('row-level security')
    expect(error.details.hint).toContain('DISABLE ROW LEVEL SECURITY')
  }
  await database.query('CREATE POLICY reads ON limbeck_version FOR SELECT USING (true)')
  expect((await initDb({ ...asService, mode: 'verify' })).outcome).toBe('current')
})

test('a service reads tables of the role that the schema’s owner lets create', async () => {
  const { database, options } = await project()
  const [migrator, service] = [await newRole(database), await newRole(database)]
  await database.query(
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO "${migrator.name}"`,
  )
  expect((await initDb({ ...options, url: migrator.url })).outcome).toBe('created')
  await migrator.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${service.name}"`)
  const asService = { ...options, url: service.url, mode: 'verify' as const }
  expect((await initDb(asService)).outcome).toBe('current')
})

test.each([
  ['limbeck_version', 'CREATE TABLE limbeck_version (id int)'],
  ['limbeck_history', 'CREATE TABLE limbeck_history (id int)'],
])('%s of another program is told, and how to keep out of its way', async (_, statement) => {
  const { database, folder, options } = await emptyProject()
  await folder.sql('aaa1', { up: 'CREATE TABLE t ();', down: 'DROP TABLE t;' })
  await database.query(statement)
  expect(await failure(initDb(options))).toMatchObject({
    details: { hint: expect.stringContaining('the option versionSchema') },
  })
  await database.query('CREATE SCHEMA limbeck')
  await initDb({ ...options, versionSchema: 'limbeck' })
  await database.query('SELECT FROM t')
})
