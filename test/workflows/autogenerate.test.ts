import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../cli/run.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'

const models = (tables: string) => `import * as pg from 'drizzle-orm/pg-core'\n${tables}\n`

const first = models(`
export const users = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  name: pg.varchar({ length: 20 }).notNull(),
})`)

const second = models(`
export const users = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  fullName: pg.varchar('full_name', { length: 20 }).notNull(),
  email: pg.text().notNull().default(''),
}, (t) => [pg.index().on(t.email)])`)

/** A project with its models, as `limbeck init` leaves it, in which somebody types. */
async function startProject(source: string) {
  const { url, query } = await createDatabase()
  const cwd = tempFolder({ 'src/schema.ts': source, 'package.json': '{"type":"module"}' })
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  const limbeck = (argv: readonly string[], types?: string, env = { DATABASE_URL: url }) =>
    run(argv, { cwd, env, ...(types === undefined ? {} : { types }) })
  await limbeck(['init'])
  return {
    url,
    query,
    limbeck,
    change: (text: string) => writeFileSync(join(cwd, 'src/schema.ts'), text),
    /** The revision files, in the order of their names. */
    files: () => readdirSync(join(cwd, 'migrations')).filter((name) => name.endsWith('.sql')),
    text: (end: string) => {
      const name = readdirSync(join(cwd, 'migrations')).find((each) => each.endsWith(end)) ?? end
      return readFileSync(join(cwd, 'migrations', name), 'utf8')
    },
  }
}

test('from the models to a first revision, to a change with a question, and all the way back', async () => {
  const { limbeck, change, files, text, query } = await startProject(first)
  const initial = await limbeck(['revision', '--autogenerate', '-m', 'initial'])
  expect(initial).toMatchObject({ code: 0, stderr: '' })
  expect(initial.stdout).toMatch(
    /^Wrote migrations\/([0-9a-f]{12})_initial\.sql\n<base> -> \1\nRead it, then run it: npx limbeck upgrade\n$/,
  )
  await limbeck(['upgrade'])
  await query("INSERT INTO users (name) VALUES ('Ada')")
  expect(await limbeck(['revision', '--autogenerate', '-m', 'none'])).toMatchObject({
    code: 0,
    stdout: 'No changes: the database has what the models say.\n',
    stderr: '',
  })
  change(second)
  const question = await limbeck(['revision', '--autogenerate', '-m', 'change', '--json'])
  expect(question.code).toBe(1)
  expect(question.json()).toMatchObject({
    error: {
      code: 'LIMBECK_RENAME_QUESTION',
      questions: [{ answers: ['--rename users.name=full_name', '--new users.full_name'] }],
    },
  })
  expect(question.stderr).toContain('\n  - column users.name: now users.full_name?\n')
  expect(files()).toHaveLength(1)
  const left = await limbeck(['diff'], '')
  expect(left).toMatchObject({ code: 1, stderr: expect.stringContaining('LIMBECK_CANCELLED') })
  const asked = await limbeck(['revision', '--autogenerate', '-m', 'change'], 'what?\n1\n')
  expect(asked.code).toBe(0)
  expect(asked.stderr).toContain(
    'Is column users.name gone, or has it a new name?\n  1. renamed to users.full_name\n  2. gone: it is dropped, users.full_name is new\nType a number from 1 to 2: Type a number from 1 to 2: ',
  )
  // PostgreSQL 18 names NOT NULL after the column.
  const plain = text('_change.sql').replace(
    /^ALTER TABLE .* RENAME CONSTRAINT .*_not_null";\n\n?/gm,
    '',
  )
  expect(plain.replace(/\n\n\n+/g, '\n\n')).toContain(`-- compatible: no

-- +upgrade
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";

ALTER TABLE "users" ADD COLUMN "email" text DEFAULT '' NOT NULL;

-- +downgrade
-- data loss: all values of "users"."email"
ALTER TABLE "users" DROP COLUMN "email";

ALTER TABLE "users" RENAME COLUMN "full_name" TO "name";
`)
  expect(text('_online.sql')).toContain(
    'CREATE INDEX CONCURRENTLY "users_email_index" ON "users" ("email");',
  )
  expect((await limbeck(['upgrade'])).code).toBe(0)
  expect(await query('SELECT full_name, email FROM users')).toEqual([
    { full_name: 'Ada', email: '' },
  ])
  expect((await limbeck(['diff'])).stdout).toBe(
    'No changes: the database has what the models say.\n',
  )
  expect((await limbeck(['downgrade', 'base'])).code).toBe(0)
  expect(await query("SELECT FROM pg_tables WHERE tablename = 'users'")).toEqual([])
})

test('what a newcomer runs into is said in one line', async () => {
  const { limbeck, change, files, url } = await startProject(first)
  const autogenerate = ['revision', '--autogenerate', '-m', 'x']
  const wrong = new URL(url)
  wrong.password = 'sesame'
  wrong.username = 'nobody_here'
  const refused = await limbeck(autogenerate, undefined, { DATABASE_URL: wrong.href })
  expect(refused.stderr).toMatch(/^LIMBECK_AUTHENTICATION_FAILED: /)
  change("export const users = pgTable('users'")
  const broken = await limbeck(autogenerate)
  expect(broken.stderr).toMatch(/^LIMBECK_LOAD_FAILED: .*\n {2}at: src\/schema\.ts/)
  change('export const answer = 42')
  const empty = await limbeck(autogenerate)
  expect(empty).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No changes/) })
  expect(empty.stderr).toMatch(/^warning: the models export no table/)
  expect(files()).toEqual([])
})

test('a fresh database is built, and one that is not is left alone', async () => {
  const { limbeck } = await startProject(first)
  await limbeck(['revision', '--autogenerate', '-m', 'initial', '--rev-id', 'a1'])
  expect(await limbeck(['create-all'])).toMatchObject({
    code: 0,
    stdout: 'Created from the models and stamped a1 (1 revision).\n',
  })
  const again = await limbeck(['create_all'])
  expect(again.stderr).toMatch(/^LIMBECK_NOT_FRESH: /)
  const script = await limbeck(['create-all', '--sql', '-q'], undefined, { DATABASE_URL: '' })
  expect(script).toMatchObject({ code: 0, stderr: '' })
  expect(script.stdout).toContain('CREATE TABLE "users" (\n  "id" serial PRIMARY KEY,')
  expect((await limbeck(['diff', '--json'])).json()).toEqual({ changes: [], warnings: [] })
})
