import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

const project = () =>
  tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {}, b1: { revises: 'a1' } }),
  })

describe('what Limbeck has no use for is exit 2, with what to type instead', () => {
  test.for([
    [['list_templates'], 'limbeck init'],
    [['list-templates'], 'limbeck init'],
    [['upgrade', 'head', '--tag', 'x'], 'applicationVersion'],
    [['downgrade', '-1', '--tag=x'], 'applicationVersion'],
    [['stamp', '--tag', 'x', 'head'], 'applicationVersion'],
    [['revision', '-m', 'x', '--sql'], 'limbeck diff'],
    [['revision', '--autogenerate', '--sql'], 'limbeck diff'],
    [['init', '-t', 'async', 'alembic'], 'one layout'],
    [['init', '--package', 'alembic'], 'leave it out'],
    [['-x', 'tenant=a', 'upgrade', 'head'], 'process.env'],
    [['-n', 'second', 'upgrade', 'head'], 'limbeck -c <file> upgrade'],
    [['--name=second', 'upgrade'], 'limbeck -c <file> upgrade'],
    [['--raiseerr', 'upgrade'], '--json'],
  ] as const)('%j', async ([argv, hint]) => {
    const cwd = project()
    const { code, stdout, stderr } = await run(argv, { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^limbeck: Limbeck has no .* of Alembic's\n {2}hint: /)
    expect(stderr).toContain(hint)
    expect(readdirSync(join(cwd, 'migrations'))).toHaveLength(2)
  })

  test('and is shown in no help', async () => {
    for (const argv of [['--help'], ['upgrade', '--help'], ['revision', '--help']]) {
      const { stdout } = await run(argv, { cwd: '/' })
      expect(stdout).not.toMatch(/list.templates|--tag|--raiseerr/)
    }
  })
})

describe('options that exclude each other are exit 2, in any order', () => {
  test.for([
    ['upgrade', '--plan', '--sql'],
    ['upgrade', '--sql', '--plan'],
    ['upgrade', '--rehearse', '--plan'],
    ['downgrade', 'b1:a1', '--sql', '--rehearse'],
    ['downgrade', '-1', '--plan', '--rehearse'],
    ['stamp', 'head', '--sql', '--purge'],
    ['revision', '--autogenerate', '--ts'],
  ])('%j is a usage error', async (argv) => {
    const { code, stdout, stderr } = await run(argv, { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('cannot be used with option')
    expect(stderr).toContain(`Try: npx limbeck ${argv[0]} --help`)
  })
})

describe('what only autogenerate understands is exit 2 without it', () => {
  test.for([
    ['--rename', 'a=b'],
    ['--new', 'a'],
    ['--no-renames'],
    ['--using', 'a.b=1'],
    ['--allow-data-loss'],
  ])('%j is a usage error without --autogenerate', async (options) => {
    const { code, stdout, stderr } = await run(['revision', ...options], { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`option '${options[0]}' means something with '--autogenerate' only`)
  })
})

describe('spellings that Alembic knows', () => {
  test.for([
    [['history', '-ra1:b1'], 2],
    [['history', '--rev-range=a1:'], 2],
    [['history', '--rev-range', ':a1'], 1],
    [['history', '-r', '-1:'], 2],
    [['heads', '--resolve-dependencies', '--verbose'], 6],
    [['heads', '-v'], 6],
    [['branches', '--verbose'], 0],
    [['show', 'heads'], 6],
    [['show', '-1'], 6],
  ] as const)('%j', async ([argv, lines]) => {
    const { code, stdout } = await run(argv, { cwd: project() })
    expect({ code, lines: stdout.split('\n').length - 1 }, stdout).toEqual({ code: 0, lines })
  })

  test.for([
    ['revision', '-m', 'x', '--rev-id', 'c1', '--head=b1', '--branch-label=shop'],
    ['revision', '-mx', '--rev-id=c1', '--head', 'a1', '--splice', '--depends-on=b1'],
  ])('%j is taken as it is typed there', async (...[argv]) => {
    const cwd = project()
    expect(await run(argv, { cwd })).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(join(cwd, 'migrations'))).toContain('c1_x.sql')
  })

  test('edit opens every file that is named', async () => {
    const cwd = tempFolder({
      'limbeck.config.mjs': 'export default {}',
      ...revisionFiles({ a1: {}, b1: {} }),
    })
    const { json } = await run(['edit', 'heads', '--json'], {
      cwd,
      env: { EDITOR: 'true', PATH: '/usr/bin:/bin' },
    })
    const files = ['a1', 'b1'].map((id) => join(cwd, `migrations/${id}_message.sql`))
    expect(json()).toEqual({ editor: 'true', files })
  })
})

test.for(commands)('the example of $name parses', async ({ example }) => {
  const [, , ...argv] = (example.match(/'[^']*'|\S+/g) ?? []).map((word) =>
    word.replaceAll("'", ''),
  )
  const { code, stderr } = await run(argv, { cwd: tempFolder() })
  expect(code, stderr).not.toBe(2)
})
