import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createMigrator } from 'limbeck'
import { onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { sleeping, untilFound } from '../support/until.ts'
import { fatal, type Line, serving, startService, workFolder } from './process.ts'

const head = '6e90d4b7a1c8'

/** The reference history and more: revisions written after the last deploy. */
async function historyWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limbeck-history-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp('migrations', folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

const next = (upgrade: string) =>
  `-- Next\n--\n-- revision: aaaabbbbcccc\n-- revises: ${head}\n\n-- +upgrade\n${upgrade}\n\n-- +downgrade\nSELECT 1;\n`

test('first start creates, second finds it current, one after a new revision upgrades', async ({
  expect,
}) => {
  const { url } = await createDatabase()
  const cwd = await workFolder()
  const MIGRATIONS_DIR = await historyWith({ 'aaaabbbbcccc_next.sql': next('SELECT 1;') })
  const outcomes = []
  for (const more of [{}, {}, { MIGRATIONS_DIR }]) {
    const service = await startService(cwd, { DATABASE_URL: url, ...more })
    outcomes.push((await service.line(serving)).outcome)
    expect((await fetch(`${service.origin}/health/ready`)).status).toBe(200)
    expect((await fetch(`${service.origin}/roles`)).status).toBe(200)
    service.process.kill('SIGTERM')
    expect(await service.exited).toBe(0)
  }
  expect(outcomes).toEqual(['created', 'current', 'upgraded'])
})

test('a revision that fails: 503, a fatal line with all that is known, exit code 1', async ({
  expect,
}) => {
  const database = await createDatabase()
  const cwd = await workFolder()
  const before = await startService(cwd, { DATABASE_URL: database.url })
  await before.line(serving)
  before.process.kill('SIGTERM')
  await before.exited

  const broken = next('CREATE TABLE half ();\nCREATE TABLE data_products ();')
  const MIGRATIONS_DIR = await historyWith({ 'aaaabbbbcccc_next.sql': broken })
  const service = await startService(cwd, { DATABASE_URL: database.url, MIGRATIONS_DIR })
  const failure = { code: 'LIMBECK_STEP_FAILED', revision: 'aaaabbbbcccc', sqlstate: '42P07' }
  const logged = ({ level }: Line) => level === 50
  const { code, ...details } = failure
  const file = expect.stringContaining('aaaabbbbcccc_next.sql')
  expect(await service.line(logged)).toMatchObject({
    err: { code, details: { ...details, file, line: 8 } },
  })
  expect(await service.line(fatal)).toMatchObject({ code: failure.code })
  const ready = await fetch(`${service.origin}/health/ready`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({
    status: 'failed',
    error: { ...failure, line: null },
  })
  expect((await fetch(`${service.origin}/roles`)).status).toBe(503)
  expect(await service.exited).toBe(1)
  expect(service.lines.some(serving)).toBe(false)
  expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
    { version_num: head },
  ])
  expect(await database.query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
})

test('SIGTERM during a migration rolls back and does not exit with 0', async ({ expect }) => {
  const database = await createDatabase()
  const migrator = createMigrator({ url: database.url })
  await migrator.upgrade()
  await migrator.close()
  const MIGRATIONS_DIR = await historyWith({
    'aaaabbbbcccc_next.sql': next('SELECT pg_sleep(60);'),
  })
  const service = await startService(await workFolder(), {
    DATABASE_URL: database.url,
    MIGRATIONS_DIR,
  })
  await untilFound(database, sleeping)
  service.process.kill('SIGTERM')
  expect(await service.exited).toBe(143)
  expect(await database.query(sleeping)).toEqual([])
  expect(await database.query('SELECT version_num FROM limbeck_version')).toEqual([
    { version_num: head },
  ])
})

test.for([
  { env: { PORT: 'http' }, says: /^PORT must be/ },
  {
    env: { DATABASE_URL: 'postgrse://u:s3cret@h/d' },
    says: /^DATABASE_URL is not a PostgreSQL URL/,
  },
  { env: { MIGRATE_MODE: 'x' }, says: /^MIGRATE_MODE must be one of/ },
])('a bad environment is one line and exit code 2: $env', async ({ env, says }, { expect }) => {
  const service = await startService(await workFolder(), env)
  expect(await service.exited).toBe(2)
  expect(service.lines).toHaveLength(1)
  expect(service.lines[0]).toMatchObject({ level: 60, msg: expect.stringMatching(says) })
  expect(JSON.stringify(service.lines)).not.toContain('s3cret')
})

test('a server that refuses us is a fatal line with a code and exit code 1', async ({ expect }) => {
  const { url } = await createDatabase()
  const missing = new URL(url)
  missing.pathname = '/no_such_database'
  const service = await startService(await workFolder(), { DATABASE_URL: missing.href })
  expect(await service.line(fatal)).toMatchObject({ code: 'LIMBECK_DATABASE_MISSING' })
  expect(await service.exited).toBe(1)
  expect(JSON.stringify(service.lines)).not.toContain('postgres://')
})

test('a port in use is a fatal line and exit code 1', async ({ expect }) => {
  const { url } = await createDatabase()
  const cwd = await workFolder()
  const first = await startService(cwd, { DATABASE_URL: url })
  await first.line(serving)
  const PORT = new URL(first.origin).port
  const second = await startService(cwd, { DATABASE_URL: url, PORT })
  expect((await second.line(fatal)).msg).toContain(PORT)
  expect(await second.exited).toBe(1)
})

test('an old database with rows: refusal with the command, that command, and a start that upgrades', async ({
  expect,
}) => {
  const database = await createDatabase()
  const baseline = '3135632d55e1'
  const sql = await readFile(`migrations/${baseline}_initial_schema_capture.sql`, 'utf8')
  await database.query(sql.slice(sql.indexOf('-- +upgrade'), sql.indexOf('-- +downgrade')))
  await database.query(`
    INSERT INTO teams (name) VALUES ('data');
    INSERT INTO data_products (name, owner_team_id) SELECT 'old', id FROM teams`)
  const cwd = await workFolder()
  const refused = await startService(cwd, { DATABASE_URL: database.url })
  const { run } = await refused.line(fatal)
  expect(run).toBe(`npm run stamp -- ${baseline}`)
  expect(await refused.exited).toBe(1)
  expect(await database.query(`SELECT to_regclass('limbeck_version') AS version`)).toEqual([
    { version: null },
  ])

  // As it is printed, but that nobody is there to be asked.
  const [command = '', ...args] = `${run} --yes`.split(' ')
  const env = { ...process.env, DATABASE_URL: database.url }
  const { stdout } = await promisify(execFile)(command, args, { env })
  expect(stdout).toContain(`Stamped ${baseline}`)

  const service = await startService(cwd, { DATABASE_URL: database.url })
  expect(await service.line(serving)).toMatchObject({ outcome: 'upgraded' })
  expect(await database.query('SELECT name, status::text FROM data_products')).toEqual([
    { name: 'old', status: 'draft' },
  ])
})
