import { describe, expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

const linear = { a1: {}, b1: { revises: 'a1' } }

const online =
  '-- Index\n--\n-- revision: c1\n-- revises: b1\n\n-- +upgrade\nCREATE INDEX i ON t_a1 (x);\n\n-- +downgrade\nDROP INDEX i;\n'

async function project(files: Readonly<Record<string, string>> = {}) {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles(linear),
    ...files,
  })
  const limbeck = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run(argv, { cwd, env: { DATABASE_URL: database.url, ...env } })
  return { cwd, database, limbeck }
}

describe('check', () => {
  test('prints findings with what to type, and fails when one is an error', async () => {
    const { limbeck } = await project()
    await limbeck(['upgrade', 'a1'])
    const { code, stdout, stderr } = await limbeck(['check'])
    expect(code).toBe(1)
    expect(stdout).toContain('error behind: 1 revision is pending: b1')
    expect(stdout).toContain('  hint: Run what is pending: `npx limbeck upgrade`.\n')
    expect(stdout).toMatch(/Checked: 1 error, 1 to know of\.\n$/)
    expect(stderr).toMatch(/^LIMBECK_FINDINGS: 1 error\n {2}page: .+\n$/)
  })

  test('--json is one document, with the exit code of the findings', async () => {
    const { limbeck } = await project()
    const failed = await limbeck(['check', '--json'], { GITHUB_ACTIONS: 'true' })
    expect(failed.code).toBe(0)
    expect(failed.json()).toMatchObject({
      findings: [{ code: 'no-models' }, { code: 'fresh-database' }],
    })
    await limbeck(['upgrade', 'a1'])
    const { code, json } = await limbeck(['check', '--json'])
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      findings: [{ severity: 'skipped' }, { severity: 'error', code: 'behind' }],
    })
  })

  test('--database fails with what was changed by hand, and --write accepts it', async () => {
    const { database, limbeck } = await project()
    await limbeck(['upgrade'])
    const kept = await limbeck(['check', '--database', '--write'])
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining('Kept the catalog') })
    await database.query('DROP TABLE t_b1')
    const { code, stdout } = await limbeck(['check', '--database'])
    expect([code, stdout]).toEqual([1, expect.stringContaining('error drift: table t_b1 is gone')])
    const { json } = await limbeck(['check', '--database', '--json'])
    expect(json()).toMatchObject({ findings: [{ code: 'drift', severity: 'error' }] })
    await limbeck(['check', '--database', '--write'])
    expect(await limbeck(['check', '--database'])).toMatchObject({ code: 0 })
    expect((await limbeck(['check', '--database', '--offline'])).code).toBe(2)
  })

  test('--offline needs no URL; without it the refusal names the option', async () => {
    const { cwd } = await project()
    const offline = await run(['check', '--offline'], { cwd })
    expect(offline).toMatchObject({ code: 0, stderr: '' })
    expect(offline.stdout).toContain(
      'Checked files and models: no error, but not all was compared, 1 to know of.',
    )
    const { code, stderr } = await run(['check'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('there is no database URL')
  })
})

describe('lint', () => {
  test('looks at what is pending, and prints location, rule and rewrite', async () => {
    const { limbeck } = await project({ 'migrations/c1_index.sql': online })
    await limbeck(['upgrade', 'b1'])
    const { code, stdout, stderr } = await limbeck(['lint'])
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^error migrations\/c1_index\.sql:7 require-concurrent-index-creation: .*\n {2}hint: Write CREATE INDEX CONCURRENTLY.*\nLinted 1 revision: 1 error\.\n$/,
    )
    expect(stderr).toMatch(/^LIMBECK_FINDINGS: 1 error\n {2}page: .+\n$/)
  })

  test('annotates for GitHub where it runs there, or when asked to', async () => {
    const { limbeck } = await project({ 'migrations/c1_index.sql': online })
    const annotation =
      /^::error file=migrations\/c1_index\.sql,line=7,title=require-concurrent-index-creation::.*%0AWrite CREATE INDEX CONCURRENTLY/
    expect((await limbeck(['lint', '--all'], { GITHUB_ACTIONS: 'true' })).stdout).toMatch(
      annotation,
    )
    expect((await limbeck(['lint', '--all', '--annotations'])).stdout).toMatch(annotation)
    expect((await limbeck(['lint', '--all'])).stdout).not.toContain('::error')
  })

  test('without a database says what else tells which revisions are new', async () => {
    const { cwd } = await project({ 'migrations/c1_index.sql': online })
    const { code, stderr } = await run(['lint'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('--since <revision>, --all')
    expect(await run(['lint', '--since', 'c1'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'Linted 0 revisions: nothing is wrong.\n',
    })
    expect((await run(['lint', 'a1:b1'], { cwd })).stdout).toBe(
      'Linted 2 revisions: nothing is wrong.\n',
    )
  })
})

describe('stamp --detect', () => {
  test('stamps what the schema proves, and asks before: --yes answers', async () => {
    const { limbeck, database } = await project()
    await database.query('CREATE TABLE t_a1 ()')
    const asked = await limbeck(['stamp', '--detect'])
    expect(asked).toMatchObject({ code: 1, stdout: '' })
    expect(asked.stderr).toContain('npx limbeck stamp --yes --detect')
    expect(await limbeck(['stamp', '--detect', '--yes'])).toMatchObject({ code: 0, stderr: '' })
    expect(await database.query('SELECT * FROM limbeck_version')).toEqual([{ version_num: 'a1' }])
  })

  test.each([
    [['stamp'], "missing required argument 'targets'"],
    [['stamp', 'head', '--detect'], 'finds the target by itself'],
    [['stamp', '--detect', '--sql'], 'needs a database'],
  ])('%j is a usage error', async (argv, message) => {
    const { limbeck } = await project()
    const { code, stderr } = await limbeck(argv)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
