import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Links, revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

const linear = { a1: {}, b1: { revises: 'a1' }, c1: { revises: 'b1' } }

/** A project with its own empty database, and a way to run words on it. */
async function project(graph: Readonly<Record<string, Links>> = linear) {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'migrations/.gitkeep': '',
    ...revisionFiles(graph),
  })
  const env = { DATABASE_URL: database.url }
  const limbeck = (...argv: string[]) => run(argv, { cwd, env })
  const rows = async () => {
    const found = await database.query<{ version_num: string }>(
      'SELECT version_num FROM limbeck_version ORDER BY 1',
    )
    return found.map(({ version_num }) => version_num)
  }
  return { cwd, env, database, limbeck, rows }
}

describe('upgrade and downgrade', () => {
  test('say each step and where the database is now', async () => {
    const { limbeck, rows } = await project()
    const up = await limbeck('upgrade', '+2')
    expect(up).toMatchObject({ code: 0, stderr: '' })
    expect(up.stdout).toMatch(
      /^upgrade a1, Message of a1 \(\d+ ms\)\nupgrade b1, Message of b1 \(\d+ ms\)\nUpgraded to b1\.\n$/,
    )
    expect(await rows()).toEqual(['b1'])
    const down = await limbeck('downgrade', '-1')
    expect(down.stdout).toMatch(/^downgrade b1, .*\nDowngraded to a1\.\n$/)
    expect((await limbeck('upgrade')).stdout).toMatch(/Upgraded to c1\.\n$/)
    expect((await limbeck('upgrade')).stdout).toBe('Nothing to upgrade: the database is at c1.\n')
    expect((await limbeck('downgrade', 'base')).stdout).toMatch(/Downgraded to base\.\n$/)
  })

  test('--url wins over the configuration, --json is the report', async () => {
    const { cwd, database } = await project()
    const argv = ['upgrade', 'a1', '--json', '--url', database.url]
    const env = { DATABASE_URL: 'postgres://127.0.0.1:1/gone' }
    const { code, json } = await run(argv, { cwd, env })
    expect(code).toBe(0)
    expect(json()).toMatchObject({ from: [], to: ['a1'], applied: [{ revision: 'a1' }] })
  })

  test('a failing statement is told with all that is known of it', async () => {
    const { limbeck, rows, cwd } = await project()
    writeFileSync(
      join(cwd, 'migrations/d1_bad.sql'),
      '-- Bad\n--\n-- revision: d1\n-- revises: c1\n\n-- +upgrade\nSELECT 1;\nALTER TABLE nope ADD COLUMN x int;\n\n-- +downgrade\nSELECT 2;\n',
    )
    const { code, stdout, stderr } = await limbeck('upgrade')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^LIMBECK_STEP_FAILED: /)
    expect(stderr).toContain('\n  at: migrations/d1_bad.sql:8\n')
    expect(stderr).toContain('\n  statement: ALTER TABLE nope ADD COLUMN x int')
    expect(stderr).toContain('\n  sqlstate: 42P01\n')
    expect(stderr).toContain('\n  done before it: a1, b1, c1\n')
    expect(await rows()).toEqual(['c1'])
    const { json } = await limbeck('upgrade', '--json')
    expect(json()).toMatchObject({
      error: { code: 'LIMBECK_STEP_FAILED', revision: 'd1', line: 8, sqlstate: '42P01' },
    })
  })

  test('--sql prints a script, also with --quiet, and asks no database', async () => {
    const { cwd, database } = await project()
    const { code, stdout } = await run(['upgrade', 'a1:b1', '--sql', '-q'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('CREATE TABLE t_b1 ()')
    expect(stdout).not.toContain('t_a1 ()')
    const down = await run(['downgrade', 'b1:a1', '--sql'], { cwd })
    expect(down.stdout).toContain('DROP TABLE t_b1')
    await database.query('SELECT 1')
  })
})

describe('current', () => {
  test('shows revisions, says what is pending, and can fail for it', async () => {
    const { limbeck } = await project()
    expect(await limbeck('current')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'The database has no version row.\n',
    })
    await limbeck('upgrade', 'b1')
    expect(await limbeck('current')).toMatchObject({
      stdout: 'b1 (current)\n',
      stderr: 'Pending: c1\n',
    })
    const check = await limbeck('current', '-c')
    expect(check).toMatchObject({ code: 1, stdout: '' })
    expect(check.stderr).toMatch(/^LIMBECK_NOT_AT_HEAD: /)
    await limbeck('upgrade')
    expect(await limbeck('current', '--check-heads')).toMatchObject({
      code: 0,
      stdout: 'c1 (head) (current)\n',
      stderr: '',
    })
  })

  test('is marked in history and known to show and ranges', async () => {
    const { limbeck } = await project()
    await limbeck('upgrade', 'b1')
    expect((await limbeck('history', '-i')).stdout).toContain('a1 -> b1 (current), ')
    expect((await limbeck('history', '-r', 'current:')).stdout.split('\n')).toHaveLength(3)
    expect((await limbeck('show', 'current')).stdout).toMatch(/^Rev: b1 \(current\)\n/)
  })
})

describe('stamp', () => {
  const adopted = 'CREATE TABLE users (id int); INSERT INTO users VALUES (1), (2)'

  test('does what it is told where there is nothing to adopt', async () => {
    const { limbeck, rows } = await project()
    expect(await limbeck('stamp', 'a1')).toMatchObject({
      code: 0,
      stdout:
        'Stamped a1 (before: base).\nThe schema is empty: no table of these revisions is there, and the next start will find the database at head.\n',
    })
    expect((await limbeck('stamp', 'head')).stdout).toBe('Stamped c1 (before: a1).\n')
    expect((await limbeck('stamp', 'head')).stdout).toBe(
      'Nothing to stamp: the database is at c1.\n',
    )
    expect(await rows()).toEqual(['c1'])
  })

  test('without a terminal refuses to adopt tables, unless --yes', async () => {
    const { limbeck, database, rows } = await project()
    await database.query(adopted)
    for (const argv of [
      ['stamp', 'a1'],
      ['stamp', 'a1', '--json'],
    ]) {
      const { code, stderr } = await limbeck(...argv)
      expect(code).toBe(1)
      expect(stderr).toBe(
        'LIMBECK_LEGACY_DATABASE: the database has tables (users) and no version row; to stamp it as a1 pass --yes\n' +
          '  hint: Run `npx limbeck stamp --yes a1`.\n' +
          '  page: https://limbeck-migrations.github.io/limbeck/reference/errors#limbeck_legacy_database\n',
      )
    }
    expect(await limbeck('stamp', 'a1', '--yes')).toMatchObject({
      code: 0,
      stdout: 'Found 1 table and no version row: users.\nStamped a1 (before: base).\n',
    })
    expect(await rows()).toEqual(['a1'])
    expect(await database.query('SELECT id FROM users')).toHaveLength(2)
    expect(await limbeck('stamp', 'b1')).toMatchObject({ code: 0 })
  })

  test('on a terminal shows what it found and asks', async () => {
    const { cwd, env, database, rows } = await project()
    await database.query(adopted)
    for (const types of ['n\n', '\n', '']) {
      const { code, stdout, stderr } = await run(['stamp', 'a1'], { cwd, env, types })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('Found 1 table and no version row: users.\n')
      expect(stderr).toContain('Stamp it? [y/N]')
      expect(stderr).toContain('LIMBECK_CANCELLED')
    }
    const { code } = await run(['stamp', 'a1'], { cwd, env, types: 'y\n' })
    expect(code).toBe(0)
    expect(await rows()).toEqual(['a1'])
  })

  test('--purge forgets rows that nobody knows', async () => {
    const { limbeck, database, rows } = await project()
    await limbeck('stamp', 'a1')
    await database.query("UPDATE limbeck_version SET version_num = 'gone'")
    const { code, stderr } = await limbeck('stamp', 'b1')
    expect(code).toBe(1)
    expect(stderr).toContain("'gone'")
    expect(await limbeck('stamp', 'b1', '--purge')).toMatchObject({ code: 0 })
    expect(await rows()).toEqual(['b1'])
  })
})

test('ensure-version makes the table once, in both spellings', async () => {
  const { limbeck, rows } = await project()
  expect((await limbeck('ensure-version')).stdout).toBe('Created the version table.\n')
  expect(await rows()).toEqual([])
  expect((await limbeck('ensure_version')).stdout).toBe('The version table is there.\n')
  expect((await limbeck('ensure-version', '--sql')).stdout).toContain('CREATE TABLE')
})

test('a server that refuses is a coded error', async () => {
  const { cwd, database } = await project()
  const missing = new URL(database.url)
  missing.pathname = '/no_such_database'
  const { code, stderr } = await run(['current', '--url', missing.href], { cwd })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^LIMBECK_DATABASE_MISSING: /)
  expect(stderr).not.toContain(missing.password || '\0')
})
