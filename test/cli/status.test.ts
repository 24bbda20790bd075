import { expect, test } from 'vitest'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

const revision = (id: string, parent: string) =>
  `-- ${id}\n--\n-- revision: ${id}\n-- revises: ${parent}\n\n-- +upgrade\nCREATE TABLE ${id} ();\n\n-- +downgrade\nDROP TABLE ${id};\n`

test('status leads from an empty database to head, and every command that it names can be typed', async () => {
  const { url } = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': `export default { migrations: 'migrations' }\n`,
    'migrations/a1_x.sql': revision('a1', ''),
    'migrations/b1_x.sql': revision('b1', 'a1'),
    'migrations/c1_x.sql': revision('c1', 'a1'),
  })
  const env = { DATABASE_URL: url, NO_COLOR: '1' }
  const states: string[] = []
  for (let at = 0; at < 5; at += 1) {
    const answer = await run(['status', '--json'], { cwd, env })
    const { state, next }: { state: string; next: string | null } = answer.json()
    states.push(state)
    if (next === null) break
    const argv = (next.match(/'[^']*'|\S+/g) ?? []).map((part) => part.replaceAll("'", '')).slice(2)
    expect(await run(argv, { cwd, env }), next).toMatchObject({ code: 0 })
  }
  expect(states).toEqual(['several heads', 'not migrated', 'at head'])
})

test('status of tables without a version row says what the upgrade would refuse', async () => {
  const { url, query } = await createDatabase()
  await query('CREATE TABLE legacy (id integer)')
  const cwd = tempFolder({
    'limbeck.config.mjs': `export default { migrations: 'migrations' }\n`,
    'migrations/a1_x.sql': revision('a1', ''),
  })
  const { code, stdout } = await run(['status'], { cwd, env: { DATABASE_URL: url } })
  expect(code).toBe(0)
  expect(stdout).toContain('revisions')
  expect(stdout).toContain('no version row')
})

test('a downgrade asks on a terminal, and "n" leaves everything as it is', async () => {
  const { url, query } = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': `export default { migrations: 'migrations' }\n`,
    'migrations/a1_x.sql': revision('a1', ''),
  })
  const env = { DATABASE_URL: url }
  await run(['upgrade'], { cwd, env })
  const left = await run(['downgrade', 'base'], { cwd, env, types: 'n\n' })
  expect(left).toMatchObject({ code: 1 })
  expect(left.stderr).toContain('LIMBECK_CANCELLED')
  expect(await query(`SELECT to_regclass('a1') AS found`)).toEqual([{ found: 'a1' }])
  expect(await run(['downgrade', 'base'], { cwd, env, types: 'y\n' })).toMatchObject({ code: 0 })
  expect(await query(`SELECT to_regclass('a1') AS found`)).toEqual([{ found: null }])
})
