import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

async function project() {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'migrations/.gitkeep': '',
  })
  const limbeck = (...argv: string[]) => run(argv, { cwd, env: { DATABASE_URL: database.url } })
  const files = () => readdirSync(join(cwd, 'migrations')).filter((name) => name !== '.gitkeep')
  return { cwd, database, limbeck, files }
}

test('--from-database writes what is there, names what it leaves out, and says how to go on', async () => {
  const { cwd, database, limbeck, files } = await project()
  await database.query('CREATE TABLE t (id int PRIMARY KEY, "by hand" text); CREATE SCHEMA other')
  const written = await limbeck('revision', '--from-database', '-m', 'as it is')
  const [file = ''] = files()
  const id = file.slice(0, 12)
  expect(written).toMatchObject({ code: 0, stderr: '' })
  expect(written.stdout).toBe(`Wrote migrations/${id}_as_it_is.sql
<base> -> ${id}
not written  schema other, which autogenerate.schemas does not name
The database has all of it: npx limbeck stamp --yes ${id}
`)
  expect(readFileSync(join(cwd, 'migrations', file), 'utf8')).toContain('"by hand" text')
  expect(await limbeck('stamp', '--yes', id)).toMatchObject({ code: 0, stderr: '' })
  expect((await limbeck('upgrade')).stdout).toBe(`Nothing to upgrade: the database is at ${id}.\n`)
})

test('--from-database that does not run on an empty database: where its text is, and nothing else', async () => {
  const { database, limbeck, files } = await project()
  await database.query(`CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
    CREATE TABLE t (a int CHECK (a === a))`)
  const failed = await limbeck('revision', '--from-database', '-m', 'as it is')
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toContain('LIMBECK_TRIAL_FAILED')
  expect(files()).toEqual([expect.stringMatching(/_as_it_is\.sql\.failed$/)])
  const document = await limbeck('revision', '--from-database', '-m', 'x', '--no-trial', '--json')
  expect(document.json()).toMatchObject({ notTried: null, notWritten: [expect.any(String)] })
  expect(files()).toContainEqual(expect.stringMatching(/_x\.sql$/))
})
