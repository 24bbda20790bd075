import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { psql } from '../support/psql.ts'
import { failure, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

test.each([
  'TRUNCATE limbeck_version;',
  "UPDATE limbeck_version SET version_num = 'other';",
  'DELETE FROM limbeck_version;',
  'DROP TABLE limbeck_version;',
  "DO $$ BEGIN EXECUTE 'TRUNCATE limbeck_version'; END $$;",
])('a body that takes the version row away is rolled back, in whatever run: %s', async (up) => {
  for (const way of ['alone', 'together', 'script']) {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    const options = { url: database.url, migrations: folder.path }
    await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);' })
    await folder.sql('bbb2', { revises: 'aaa1', up: 'CREATE TABLE u (id int);' })
    await initDb(options)
    if (way === 'together')
      await folder.sql('bbb3', { revises: 'bbb2', up: 'CREATE TABLE v (id int);' })
    await folder.sql('ccc4', { revises: way === 'together' ? 'bbb3' : 'bbb2', up })
    if (way === 'script') {
      const { sql } = await createMigrator(options).upgrade('head', { sql: true })
      expect((await psql(database, sql ?? '')).code).not.toBe(0)
    } else {
      const { code, details } = await failure(initDb(options))
      expect([code, details.revision]).toEqual([
        up.startsWith('DROP') ? 'LIMBECK_STEP_FAILED' : 'LIMBECK_VERSION_CONFLICT',
        'ccc4',
      ])
    }
    const [row] =
      await database.query(`SELECT (SELECT array_agg(version_num::text) FROM limbeck_version) AS rows,
      NOT EXISTS (SELECT FROM limbeck_history WHERE revision = 'ccc4') AS clean`)
    expect(row).toEqual({ rows: [way === 'together' ? 'bbb3' : 'bbb2'], clean: true })
  }
})

test('row security on any of them is told as theirs, not as a fault of the file', async () => {
  for (const [table, head] of [
    ['limbeck_history', []],
    ['limbeck_progress', ['transaction: none']],
  ] as const) {
    const [database, folder] = [await createDatabase(), await revisionFolder()]
    const role = await newRole(database)
    await database.query(`GRANT ALL ON SCHEMA public TO ${role.name}`)
    const options = { url: role.url, migrations: folder.path }
    await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);' })
    await initDb(options)
    await database.query(
      `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    )
    await folder.sql('bbb2', { revises: 'aaa1', head, up: 'CREATE TABLE u (id int);' })
    const { message, details } = await failure(initDb(options))
    expect(message).toContain("Limbeck's own tables, failed: new row violates row-level security")
    expect(details.hint).toContain('DISABLE ROW LEVEL SECURITY')
  }
})
