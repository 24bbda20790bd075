import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

/** A project one level down, so that what is written beside it is seen. */
function project(config = '{}') {
  const root = tempFolder({
    'app/limbeck.config.mjs': `export default ${config}`,
    'app/second/.gitkeep': '',
    ...revisionFiles({ a1: {} }, 'app/migrations'),
  })
  const files = () => readdirSync(root, { recursive: true }).map(String).sort()
  return { cwd: join(root, 'app'), files }
}

const injected = "x'); DROP TABLE users; --"

describe('a name that would lead out of the folder, or into SQL', () => {
  test.for([
    ['revision', '--rev-id', '../evil'],
    ['revision', '--rev-id', '/tmp/evil'],
    ['revision', '--rev-id', '..'],
    ['revision', '--rev-id', '.evil'],
    ['revision', '--rev-id', 'a\\b'],
    ['revision', '--rev-id', 'a\nb'],
    ['revision', '--rev-id', 'a\u0000b'],
    ['revision', '--rev-id', ''],
    ['revision', '--rev-id', '-- +upgrade'],
    ['revision', '--rev-id', injected],
    ['revision', '--rev-id', 'x'.repeat(5000)],
    ['merge', 'heads', '--rev-id', '../evil'],
    ['revision', '--branch-label', injected],
    ['revision', '--branch-label', 'a\nb'],
    ['revision', '--branch-label', ''],
    ['revision', '--head', injected],
    ['revision', '--depends-on', injected],
    ['revision', '--version-path', '/tmp'],
    ['revision', '--version-path', '..'],
    ['revision', '--version-path', 'migrations/../second'],
    ['revision', '--version-path', ''],
    ['show', injected],
    ['history', '-r', `${injected}:head`],
  ])('%j is a coded error and writes nothing', async (argv) => {
    const { cwd, files } = project()
    const before = files()
    const { code, stdout, stderr } = await run(argv, { cwd })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^LIMBECK_[A-Z_]+: /)
    expect(files()).toEqual(before)
  })

  test.for([
    '../../evil',
    '/etc/evil',
    '..',
    'a\u0000b',
    '\n-- +upgrade\nDROP TABLE users;',
    injected,
  ])('the message %j stays words of a name and one line of a comment', async (message) => {
    const { cwd, files } = project()
    const before = files()
    expect(await run(['revision', '-m', message, '--rev-id', 'b1'], { cwd })).toMatchObject({
      code: 0,
    })
    const [file = '', ...others] = files().filter((each) => !before.includes(each))
    expect(others).toEqual([])
    expect(file).toMatch(/^app\/migrations\/b1[\w.]*\.sql$/)
    const lines = readFileSync(join(cwd, '..', file), 'utf8').split('\n')
    expect(lines.filter((line) => line !== '' && !line.startsWith('-- ') && line !== '--')).toEqual(
      [],
    )
    expect(lines.filter((line) => line === '-- +upgrade')).toHaveLength(1)
  })

  test.for(['../%(rev)s', '/tmp/%(rev)s', '%(rev)s/../../x', '.%(rev)s', '%(rev)s\\x', '%(slug)s'])(
    'the file name template %j',
    async (template) => {
      const { cwd, files } = project(`{\n  fileTemplate: ${JSON.stringify(template)},\n}`)
      const before = files()
      const { code, stderr } = await run(['revision', '-m', 'x'], { cwd })
      expect(code).toBe(1)
      expect(stderr).toMatch(/^LIMBECK_INVALID_OPTION: option fileTemplate .*\n {2}at: .*mjs:2\n/)
      expect(files()).toEqual(before)
    },
  )
})

describe('on a database', () => {
  const names = [
    'a"b',
    "a'b",
    'x"; DROP TABLE users; --',
    "x'); DROP TABLE users; --",
    '$$',
    'a\\b',
  ]

  test.for(names)('the schema and the table %j are names and nothing else', async (name) => {
    const { url, query } = await createDatabase()
    await query('CREATE TABLE users (id int)')
    const { cwd } = project(JSON.stringify({ versionTable: name, versionSchema: name }))
    const env = { DATABASE_URL: url }
    expect(await run(['ensure-version'], { cwd, env })).toMatchObject({ code: 0, stderr: '' })
    for (const argv of [
      ['stamp', 'a1', '--yes'],
      ['current', '--check-heads'],
      ['downgrade', 'a1'],
      ['stamp', 'base'],
      ['upgrade', '--rehearse'],
      ['upgrade'],
    ]) {
      expect(await run(argv, { cwd, env }), argv.join(' ')).toMatchObject({ code: 0, stderr: '' })
    }
    const quoted = `"${name.replaceAll('"', '""')}"`
    expect(await query(`SELECT version_num FROM ${quoted}.${quoted}`)).toEqual([
      { version_num: 'a1' },
    ])
    expect(await query('SELECT * FROM users')).toEqual([])
  })

  test.for([
    ['upgrade', injected],
    ['downgrade', injected],
    ['stamp', injected],
    ['stamp', injected, '--purge', '--yes'],
    ['upgrade', `${injected}:head`, '--sql'],
    ['stamp', injected, '--sql'],
  ])('%j is a coded error that changes nothing', async (argv) => {
    const { url, query } = await createDatabase()
    await query('CREATE TABLE users (id int)')
    const { code, stdout, stderr } = await run(argv, {
      cwd: project().cwd,
      env: { DATABASE_URL: url },
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^LIMBECK_NO_SUCH_REVISION: /)
    const tables =
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'limbeck%'"
    expect(await query(tables)).toEqual([{ tablename: 'users' }])
  })

  test('a label and a message in a file reach no SQL as such', async () => {
    const { url, query } = await createDatabase()
    const files = {
      'limbeck.config.mjs': 'export default {}',
      'migrations/a1_x.sql': `-- ${injected}\n--\n-- revision: a1\n-- revises:\n-- labels: x');DROP/**/TABLE/**/t;--\n\n-- +upgrade\nCREATE TABLE t ();\n\n-- +downgrade\nDROP TABLE t;\n`,
    }
    const cwd = tempFolder(files)
    const script = await run(['upgrade', '--sql'], { cwd })
    expect(script.code).toBe(0)
    await query(script.stdout)
    expect(await query('SELECT * FROM t')).toEqual([])
    const { stdout } = await run(['current'], { cwd, env: { DATABASE_URL: url } })
    expect(stdout).toContain('a1 ')
  })
})
