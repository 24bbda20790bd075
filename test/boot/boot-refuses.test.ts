import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createMigrator, initDb } from '../../src/index.ts'
import { readEverything } from '../support/catalog.ts'
import { createDatabase, databaseUrl, onServer, type TestDatabase } from '../support/postgres.ts'
import { failure, keepLog, type RevisionFolder, revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

async function twoRevisions(): Promise<RevisionFolder> {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE b (id int);',
    down: 'DROP TABLE b;',
  })
  return folder
}

/** Boots, expects a refusal, and that not a row or a catalog entry is other than before. */
async function refusal(database: TestDatabase, options: Omit<Parameters<typeof initDb>[0], 'url'>) {
  const before = await readEverything(database)
  const logger = keepLog()
  const error = await failure(initDb({ url: database.url, logger, ...options }))
  expect(await readEverything(database)).toEqual(before)
  const line = logger.lines.at(-1)
  expect(line).toMatchObject({ level: 'error', facts: { err: { code: error.code } } })
  return error
}

test('a legacy database is refused with the stamp command, and upgraded after it, rows intact', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await database.query('CREATE TABLE a (id int); INSERT INTO a VALUES (1), (2)')
  const error = await refusal(database, { migrations: folder.path })
  expect(error.code).toBe('LIMBECK_LEGACY_DATABASE')
  expect(error.details.hint).toContain('limbeck stamp aaa1')
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  expect(await migrator.stamp('aaa1')).toMatchObject({
    from: [],
    to: ['aaa1'],
    found: { tables: ['a'] },
  })
  expect(await initDb({ url: database.url, migrations: folder.path })).toMatchObject({
    outcome: 'upgraded',
    applied: ['bbb2'],
  })
  expect(await database.query('SELECT * FROM a ORDER BY 1')).toEqual([{ id: 1 }, { id: 2 }])
})

test('a version row that nobody knows is refused', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await initDb({ url: database.url, migrations: folder.path })
  await database.query(`UPDATE limbeck_version SET version_num = 'feedbeef'`)
  const error = await refusal(database, { migrations: folder.path })
  expect(error).toMatchObject({
    code: 'LIMBECK_NO_SUCH_REVISION',
    details: { revision: 'feedbeef', revisions: ['feedbeef'] },
  })
})

test('a version row that is only the beginning of an id is refused, and not made worse', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await initDb({ url: database.url, migrations: folder.path })
  await database.query(`UPDATE limbeck_version SET version_num = 'bbb'`)
  const error = await refusal(database, { migrations: folder.path })
  expect(error).toMatchObject({
    code: 'LIMBECK_NO_SUCH_REVISION',
    details: { revisions: ['bbb'], hint: expect.stringContaining('stamp --purge bbb2') },
  })
})

test('two heads are refused with the merge command', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await folder.sql('bbb3', { revises: 'aaa1' })
  const error = await refusal(database, { migrations: folder.path })
  expect(error.code).toBe('LIMBECK_MULTIPLE_HEADS')
  expect(error.details.hint).toContain('limbeck merge bbb2 bbb3')
})

test('an applied file that was edited is refused while something is pending; stamp accepts it', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await initDb({ url: database.url, migrations: folder.path })
  await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE b (id bigint);',
    down: 'DROP TABLE b;',
  })
  await folder.sql('ccc3', { revises: 'bbb2', up: 'CREATE TABLE c (id int);' })
  const error = await refusal(database, { migrations: folder.path })
  expect(error).toMatchObject({ code: 'LIMBECK_EDITED_REVISION', details: { revision: 'bbb2' } })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  await migrator.stamp('bbb2')
  expect((await initDb({ url: database.url, migrations: folder.path })).outcome).toBe('upgraded')
})

test('a checkout with CRLF line ends counts as the same file', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await initDb({ url: database.url, migrations: folder.path })
  const file = await folder.sql('bbb2', {
    revises: 'aaa1',
    up: 'CREATE TABLE b (id int);',
    down: 'DROP TABLE b;',
  })
  const { readFile } = await import('node:fs/promises')
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'))
  await folder.sql('ccc3', { revises: 'bbb2' })
  expect((await initDb({ url: database.url, migrations: folder.path })).outcome).toBe('upgraded')
})

test('a revision that fails in the middle leaves rows and catalog as before, and says where', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await initDb({ url: database.url, migrations: folder.path })
  const up = 'CREATE TABLE c (id int);\n\nALTER TABLE c\n  ADD COLUMN x int,\n  DROP COLUMN nope;'
  await folder.sql('ccc3', { revises: 'bbb2', up })
  const error = await refusal(database, { migrations: folder.path })
  expect(error.code).toBe('LIMBECK_STEP_FAILED')
  expect(error.details).toMatchObject({
    revision: 'ccc3',
    line: 9,
    sqlstate: '42703',
    applied: [],
  })
  expect(error.details.statement).toContain('DROP COLUMN nope')
  expect(error.message).toContain('ccc3_test.sql:9')
  expect(error.message).toContain('42703')
})

test('what was committed before a failure stays and is named', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT 1/0;' })
  const error = await failure(initDb({ url: database.url, migrations: folder.path }))
  expect(error.details).toMatchObject({ revision: 'ccc3', applied: ['aaa1', 'bbb2'] })
  expect(await database.query('SELECT * FROM limbeck_version')).toEqual([{ version_num: 'bbb2' }])
})

test('with transaction: all, a failure undoes the whole run', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await createMigrator({ url: database.url, migrations: folder.path }).ensureVersion()
  await folder.sql('ccc3', { revises: 'bbb2', up: 'SELECT 1/0;' })
  const error = await refusal(database, { migrations: folder.path, transaction: 'all' })
  expect(error.details).toMatchObject({ revision: 'ccc3', applied: [] })
})

test('nothing runs while a pending file is half-written', async () => {
  const [database, folder] = [await createDatabase(), await twoRevisions()]
  await createMigrator({ url: database.url, migrations: folder.path }).ensureVersion()
  await folder.sql('ccc3', { revises: 'bbb2', up: "INSERT INTO a VALUES ('unfinished" })
  const error = await refusal(database, { migrations: folder.path })
  expect(error.code).toBe('LIMBECK_INVALID_FILE')
})

test('an empty folder and a missing one are told apart', async () => {
  const database = await createDatabase()
  const empty = await refusal(database, { migrations: (await revisionFolder()).path })
  expect(empty.code).toBe('LIMBECK_FOLDER_EMPTY')
  const missing = await refusal(database, { migrations: '/nonexistent/revisions' })
  expect(missing.code).toBe('LIMBECK_FOLDER_MISSING')
})

test('a wrong password, a missing database and an unreachable host each have their code; no password is shown', async () => {
  const database = await createDatabase()
  const migrations = (await twoRevisions()).path
  const wrong = { name: 'postgres', password: 'sesame-wrong' }
  const boot = (url: string) => failure(initDb({ url, migrations, connectTimeout: 100 }))
  const refused = await boot(databaseUrl(database.name, wrong))
  const missing = await boot(databaseUrl('no_such_database'))
  const unreachable = await boot('postgres://postgres:sesame@127.0.0.1:1/postgres')
  const typo = await boot('postgre://postgres:sesame@127.0.0.1/postgres')
  expect([refused, missing, unreachable, typo].map(({ code }) => code)).toEqual([
    'LIMBECK_AUTHENTICATION_FAILED',
    'LIMBECK_DATABASE_MISSING',
    'LIMBECK_CONNECTION_FAILED',
    'LIMBECK_INVALID_OPTION',
  ])
  for (const error of [refused, missing, unreachable, typo])
    expect(JSON.stringify(error) + error.message).not.toContain('sesame')
})

test.for([
  ['CREATE', 'REVOKE CREATE ON SCHEMA public FROM public', 'USAGE, CREATE ON SCHEMA "public"'],
  [
    'the language of its blocks',
    'GRANT CREATE ON SCHEMA public TO public; REVOKE USAGE ON LANGUAGE plpgsql FROM public',
    'USAGE ON LANGUAGE plpgsql',
  ],
] as const)(
  'a role without %s is told what to grant, and nothing is changed',
  async ([, taking, right]) => {
    const database = await createDatabase()
    const { name: role, url } = await newRole(database)
    await database.query(taking)
    const before = await readEverything(database)
    const migrations = (await twoRevisions()).path
    const error = await failure(initDb({ url, migrations }))
    expect(error.code).toBe('LIMBECK_PERMISSION_DENIED')
    expect(error.details.hint).toContain(`GRANT ${right} TO "${role}"`)
    expect(await readEverything(database)).toEqual(before)
    await database.query(`GRANT ${right} TO "${role}"`)
    expect((await initDb({ url, migrations })).outcome).toBe('created')
  },
)

test('a bad option is named, with what is allowed', async () => {
  const error = await failure(initDb({ url: 'postgres://x', mode: 'upgrad' as never }))
  expect(error).toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  expect(error.message).toContain('mode')
  expect(error.details.hint).toContain('upgrade, verify, wait, off')
})

test('with option role everything belongs to that role; a role that is not granted is refused', async () => {
  const database = await createDatabase()
  const [owner, login] = ['owner', 'login'].map(
    (name) => `limbeck_${name}_${database.name.slice(-6)}`,
  )
  await onServer((sql) =>
    sql.unsafe(`CREATE ROLE ${owner}; CREATE ROLE ${login} LOGIN PASSWORD 'secret'`),
  )
  try {
    const url = databaseUrl(database.name, { name: `${login}`, password: 'secret' })
    const options = { url, migrations: (await twoRevisions()).path, role: owner }
    const error = await failure(initDb(options))
    expect(error.code).toBe('LIMBECK_PERMISSION_DENIED')
    await onServer((sql) => sql.unsafe(`GRANT ${owner} TO ${login}`))
    await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${owner}`)
    expect((await initDb(options)).outcome).toBe('created')
    expect((await initDb(options)).outcome).toBe('current')
    expect(
      await database.query(`SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`),
    ).toEqual([{ tableowner: owner }])
  } finally {
    await database.query(`DROP OWNED BY ${owner}, ${login}`)
    await onServer((sql) => sql.unsafe(`DROP ROLE ${owner}, ${login}`))
  }
})
