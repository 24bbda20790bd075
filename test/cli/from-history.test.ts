import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { type RunOptions, run } from './run.ts'

/** A database at c1, and the folder of the build before, which ends at b1. */
async function rolledBack() {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {}, b1: { revises: 'a1' }, c1: { revises: 'b1' } }),
  })
  const env = { DATABASE_URL: database.url }
  const limbeck = (argv: readonly string[], more: Partial<RunOptions> = {}) =>
    run(['downgrade', ...argv], { cwd, env, ...more })
  await run(['upgrade'], { cwd, env })
  const [{ sql } = { sql: '' }] = await database.query<{ sql: string }>(
    `SELECT downgrade_sql AS sql FROM limbeck_history WHERE revision = 'c1'`,
  )
  rmSync(join(cwd, 'migrations/c1_message.sql'))
  const row = async () =>
    (await database.query<{ row: string }>('SELECT version_num AS row FROM limbeck_version'))[0]
      ?.row
  return { database, limbeck, row, sql }
}

test('downgrade --from-history shows the SQL and asks; only yes runs it', async () => {
  const { limbeck, row, sql } = await rolledBack()
  const argv = ['--from-history', 'b1']
  const refused = await limbeck(argv, { types: 'n\n' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain(`-- c1, from the history:\n${sql}`)
  expect(refused.stderr).toContain('Run it? [y/N]')
  expect(refused.stderr).toContain('LIMBECK_CANCELLED')
  expect(await row()).toBe('c1')
  expect((await limbeck(argv, { types: 'y\n' })).code).toBe(0)
  expect(await row()).toBe('b1')
})

test('downgrade --from-history where nobody can answer is refused, naming --yes', async () => {
  const { limbeck, row } = await rolledBack()
  for (const argv of [
    ['--from-history', 'b1'],
    ['--from-history', 'b1', '--json'],
  ]) {
    const { code, stderr } = await limbeck(argv)
    expect(code).toBe(1)
    expect(stderr).toContain('LIMBECK_DATABASE_AHEAD')
    expect(stderr).toContain('--yes')
  }
  expect(await row()).toBe('c1')
})

test('downgrade --from-history --yes runs it unasked, and shows it all the same', async () => {
  const { limbeck, row, sql } = await rolledBack()
  const { code, stderr } = await limbeck(['--from-history', '--yes', 'b1'])
  expect(code).toBe(0)
  expect(stderr).toContain(sql)
  expect(await row()).toBe('b1')
})

test('downgrade --from-history --json reports what was rebuilt', async () => {
  const { limbeck, sql } = await rolledBack()
  const { code, stderr, json } = await limbeck(['--from-history', '--yes', '--json', 'b1'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(json()).toMatchObject({
    from: ['c1'],
    to: ['b1'],
    rebuilt: [{ revision: 'c1', downgradeSql: sql }],
  })
})

test('downgrade --from-history --plan shows the SQL, asks nothing and runs nothing', async () => {
  const { limbeck, row, sql } = await rolledBack()
  const { code, stdout, stderr } = await limbeck(['--from-history', '--plan', 'b1'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`-- c1, from the history:\n${sql}`)
  expect(stdout).toContain('Would downgrade to b1 in 1 step; nothing was run.')
  expect(await row()).toBe('c1')
})

test('downgrade --from-history does not ask where every file is there', async () => {
  const { limbeck, row } = await rolledBack()
  await limbeck(['--from-history', '--yes', 'b1'])
  expect((await limbeck(['--from-history', 'a1'])).code).toBe(0)
  expect(await row()).toBe('a1')
})

test('downgrade --from-history shows control characters instead of obeying them', async () => {
  const { database, limbeck, row } = await rolledBack()
  await database.query(
    `UPDATE limbeck_history SET downgrade_sql = E'SELECT 1; -- \\x1b[2K\\x1b[1A\\u202e' WHERE revision = 'c1'`,
  )
  const refused = await limbeck(['--from-history', 'b1'], { types: 'n\n' })
  expect(refused.stderr).toContain('SELECT 1; -- \\u001b[2K\\u001b[1A\\u202e')
  const { stdout } = await limbeck(['--from-history', '--plan', '--json', 'b1'])
  for (const mark of ['\u001b', '\u202e']) expect(stdout).not.toContain(mark)
  expect(stdout).toContain('\\u001b[2K')
  expect(await row()).toBe('c1')
})
