import { sql as template } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { createMigrator } from '../../src/index.ts'
import { concealSecrets } from '../../src/sql/conceal-secrets.ts'
import { createDatabase } from '../support/postgres.ts'
import { failure, keepLog, revisionFolder } from '../support/revisions.ts'

/** All that a log shows of an error, with its causes and their fields. */
function everything(error: unknown): string {
  const texts: string[] = []
  for (let at = error; at instanceof Error; at = at.cause)
    texts.push(at.message, at.stack ?? '', JSON.stringify(at))
  return texts.join('\n')
}

const secretTable = `CREATE TABLE tokens (token text PRIMARY KEY, id int);
  CREATE FUNCTION set_token(text) RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused %', $1 USING DETAIL = $1, HINT = $1; END $$`

test.each([
  'CREATE ROLE app PASSWORD hunter2',
  'CREATE ROLE app PASSWORD "hunter2"',
  'ALTER ROLE nobody_here PASSWORD 0hunter2',
  `CREATE ROLE app PASSWORD 'it's-hunter2'`,
  `CREATE ROLE app PASSWORD 'hunter2`,
  `INSERT INTO tokens VALUES ('hunter2'), ('hunter2')`,
  `INSERT INTO tokens (id) VALUES ('hunter2')`,
  `SELECT 'postgres://bob:hunter2@host/db'::int`,
  `DO $$ BEGIN EXECUTE 'CREATE ROLE app IN ROLE nowhere PASSWORD ''hunter2'''; END $$`,
  `DO $$ BEGIN EXECUTE 'CREATE ROLE app PASSWORD hunter2'; END $$`,
  `DO $$ BEGIN PERFORM set_token('hunter2'); END $$`,
  `SELECT set_token(E'hunter2')`,
])('the error of %s tells nothing of the secret', async (up) => {
  const database = await createDatabase()
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: secretTable, down: 'SELECT 1' })
  await folder.sql('bbb2', { revises: 'aaa1', up, down: 'SELECT 1' })
  const logger = keepLog()
  const migrator = createMigrator({ url: database.url, migrations: folder.path, logger })
  const error = await failure(migrator.upgrade('head'))
  expect(error.code).toMatch(/^LIMBECK_(?:STEP_FAILED|SQL_SYNTAX|INVALID_FILE)$/)
  expect(everything(error)).not.toContain('unter2')
  expect(JSON.stringify(logger.lines)).not.toContain('unter2')
})

test('the secrets of another revision hide nothing of what failed', async () => {
  const database = await createDatabase()
  const folder = await revisionFolder()
  await folder.sql('aaa1', {
    up: `COMMENT ON SCHEMA public IS 'password of test'`,
    down: 'SELECT 1',
  })
  await folder.sql('bbb2', { revises: 'aaa1', up: `SELECT 'test'::int`, down: 'SELECT 1' })
  const migrator = createMigrator({ url: database.url, migrations: folder.path })
  const { message } = await failure(migrator.upgrade('head'))
  expect(message).toContain('invalid input syntax for type integer: "test"')
})

test('of a .ts revision neither the query nor its parameters tell a secret', async () => {
  const database = await createDatabase()
  for (const body of [
    "ctx.sql.unsafe(`CREATE ROLE app IN ROLE nowhere PASSWORD 'hunter2'`)",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a file.
    "ctx.sql`INSERT INTO tokens (id) VALUES (${'hunter2'})`",
    "ctx.db.execute(`INSERT INTO tokens VALUES ('hunter2'), ('hunter2')`)",
  ]) {
    const folder = await revisionFolder()
    await folder.sql('aaa1', { up: secretTable, down: 'SELECT 1' })
    await folder.ts(
      'bbb2',
      `export const revision = 'bbb2'
export const downRevision = 'aaa1'
export async function upgrade(ctx) { await ${body} }
export async function downgrade() {}
`,
    )
    const migrator = createMigrator({ url: database.url, migrations: folder.path })
    const error = await failure(migrator.upgrade('head'))
    expect(error.code).toBe('LIMBECK_STEP_FAILED')
    expect(everything(error)).not.toContain('hunter2')
  }
})

test('Drizzle’s text of a query is concealed with its parameters; other errors stay as they are', async () => {
  const database = await createDatabase()
  const client = postgres(database.url, { max: 1 })
  onTestFinished(() => client.end({ timeout: 0 }))
  const db = drizzle(client)
  const told = await failure<Error>(db.execute(template`SELECT ${'hunter2'}::int AS token`))
  expect(told.message).toContain('hunter2')
  concealSecrets(told)
  expect(everything(told)).not.toContain('hunter2')
  expect(told.message).toContain('AS token')
  const plain = await failure<Error>(db.execute(template`SELECT ${'hunter2'}::int AS age`))
  const before = everything(plain)
  concealSecrets(plain)
  expect(everything(plain)).toBe(before)
})
