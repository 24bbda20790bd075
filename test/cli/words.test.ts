import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { diamond, type Links, revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

const project = (graph: Readonly<Record<string, Links>> = {}) =>
  tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'migrations/.gitkeep': '',
    ...revisionFiles(graph),
  })

const linear = { a1: {}, b1: { revises: 'a1' }, c1: { revises: 'b1' } }

describe('history', () => {
  test('of one line is plain lines', async () => {
    const { code, stdout, stderr } = await run(['history'], { cwd: project(linear) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      'b1 -> c1 (head), Message of c1\na1 -> b1, Message of b1\n<base> -> a1, Message of a1\n',
    )
  })

  test('of branches is drawn, with labels and marks', async () => {
    const { stdout } = await run(['history'], { cwd: project(diamond) })
    expect(stdout.split('\n')).toEqual([
      '* a1, b1 -> m1 (billing, search) (head) (mergepoint), Message of m1',
      '|\\',
      '* | r1 -> a1 (search), Message of a1',
      '| * r1 -> b1 (billing), Message of b1',
      '|/',
      '* <base> -> r1 (branchpoint), Message of r1',
      '',
    ])
  })

  test('in full is a block a revision, beside the drawing when there are branches', async () => {
    const cwd = project(diamond)
    const { stdout } = await run(['history', '-v', '-r', 'r1:a1'], { cwd })
    expect(stdout).toBe(
      [
        'Rev: a1',
        'Parent: r1',
        'Branch names: search',
        'Created: 2026-11-21T02:03:04Z',
        `Path: ${join(cwd, 'migrations/a1_message.sql')}`,
        '',
        '    Message of a1',
        '',
        'Rev: r1 (branchpoint)',
        'Parent: <base>',
        'Branches into: a1, b1',
        'Created: 2026-11-21T02:03:04Z',
        `Path: ${join(cwd, 'migrations/r1_message.sql')}`,
        '',
        '    Message of r1',
        '',
      ].join('\n'),
    )
    const drawn = (await run(['history', '-v'], { cwd })).stdout
    expect(drawn).toContain('* Rev: m1 (head) (mergepoint)\n|\\ Merges: a1, b1\n| | Branch names')
  })

  test('a range may begin with a minus', async () => {
    const { code, stdout } = await run(['history', '-r', '-2:head'], { cwd: project(linear) })
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 3 })
  })

  test('of nothing is nothing, and says so', async () => {
    const cwd = project()
    expect(await run(['show', 'base'], { cwd })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No revision is at base.\n',
    })
    expect(await run(['branches'], { cwd: project(linear) })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No revision is revised by several.\n',
    })
    for (const argv of [['history'], ['heads'], ['branches']]) {
      const { code, stdout, stderr } = await run(argv, { cwd })
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
      expect(stderr).toContain('There is no revision yet.')
    }
  })

  test.for([
    ['history', '-i'],
    ['history', '-r', 'current:'],
    ['show', 'current'],
    ['current'],
    ['upgrade'],
  ])('%j needs a database, and says how to name one', async (argv) => {
    const { code, stderr } = await run(argv, { cwd: project(linear) })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^LIMBECK_INVALID_OPTION: there is no database URL\n {2}hint: /)
  })
})

describe('heads, branches and show', () => {
  test('name revisions as Alembic does', async () => {
    const cwd = project({ ...diamond, x1: { dependsOn: 'm1' } })
    const text = async (...argv: string[]) => (await run(argv, { cwd })).stdout
    expect(await text('heads')).toBe(
      'm1 (billing, search) (effective head) (mergepoint)\nx1 (head)\n',
    )
    expect(await text('heads', '--resolve-dependencies')).toBe('x1 (head)\n')
    expect(await text('branches')).toBe('r1 (branchpoint)\n   -> a1 (search)\n   -> b1 (billing)\n')
    expect(await text('show', 'x1')).toContain('Also depends on: m1\n')
    expect(await text('show', 'search@head')).toContain('Rev: m1 (effective head) (mergepoint)\n')
  })
})

describe('revision and merge', () => {
  test('write a file and say what it hangs on', async () => {
    const cwd = project(linear)
    const first = await run(['revision', '-m', 'Add status column', '--rev-id', 'd1'], { cwd })
    expect(first).toMatchObject({
      code: 0,
      stdout: 'Wrote migrations/d1_add_status_column.sql\nc1 -> d1\n',
      stderr: '',
    })
    await run(['revision', '--head', 'b1', '--splice', '--rev-id', 'e1', '--ts'], { cwd })
    expect(existsSync(join(cwd, 'migrations/e1.ts'))).toBe(true)
    const merged = await run(['merge', 'heads', '--rev-id', 'm1', '-m', 'join', '--json'], { cwd })
    expect(merged.json()).toEqual({
      revision: 'm1',
      parents: ['d1', 'e1'],
      file: join(cwd, 'migrations/m1_join.sql'),
    })
    expect((await run(['heads'], { cwd })).stdout).toBe('m1 (head) (mergepoint)\n')
  })

  test('take several dependencies, each behind its flag or all behind one', async () => {
    const cwd = project({ a1: {}, x1: {}, y1: {} })
    const depends = ['--depends-on', 'x1', '--depends-on', 'y1']
    await run(['revision', '--head', 'a1', ...depends, '--rev-id', 'b1'], { cwd })
    await run(['revision', '--head', 'b1', '--depends-on', 'x1', 'y1', '--rev-id', 'c1'], { cwd })
    for (const file of ['b1.sql', 'c1.sql']) {
      const text = readFileSync(join(cwd, 'migrations', file), 'utf8')
      expect(text).toContain('-- depends-on: x1, y1\n')
    }
  })

  test('leave no file behind when they fail', async () => {
    const cwd = project(linear)
    const { code, stderr } = await run(['revision', '-m', 'x', '--head', 'a1'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^LIMBECK_NOT_A_HEAD: .*\n {2}hint: .*--splice/)
    expect(readdirSync(join(cwd, 'migrations'))).toHaveLength(4)
  })

  test('--version-path is relative to where one stands', async () => {
    const cwd = tempFolder({
      'limbeck.config.mjs': "export default { migrations: ['one', 'two'] }",
      'one/.gitkeep': '',
      'two/.gitkeep': '',
    })
    await run(['revision', '--version-path', 'two', '--rev-id', 'a1'], { cwd })
    expect(readdirSync(join(cwd, 'two'))).toContain('a1.sql')
  })
})

test('--version-path makes a folder that is configured, and no other', async () => {
  const cwd = tempFolder({
    'limbeck.config.mjs': "export default { migrations: ['one', 'new/two'] }",
  })
  await run(['init', 'one'], { cwd })
  const make = (folder: string) =>
    run(['revision', '--head=base', '--rev-id', 'a1', `--version-path=${folder}`], { cwd })
  expect(await make('three')).toMatchObject({ code: 1 })
  expect(await make('new/two/')).toMatchObject({
    code: 0,
    stdout: 'Wrote new/two/a1.sql\n<base> -> a1\n',
  })
  expect(readdirSync(cwd).sort()).toEqual(['limbeck.config.mjs', 'new', 'one'])
})

describe('init', () => {
  test('makes a project that the other words work in', async () => {
    const cwd = tempFolder({ 'src/db/schema.ts': '' })
    const { code, stdout } = await run(['init'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('created  limbeck.config.ts\n')
    expect(stdout).toContain('npx limbeck upgrade')
    expect(stdout).not.toMatch(/ $/m)
    expect(await run(['revision', '-m', 'first'], { cwd })).toMatchObject({ code: 0 })
    const again = await run(['init', '--json'], { cwd })
    expect(again.json()).toMatchObject({ created: [], models: 'src/db/schema.ts' })
  })
})

describe('edit', () => {
  test('opens the file in the editor, with its arguments', async () => {
    const cwd = project(linear)
    const env = { EDITOR: 'unused', VISUAL: 'cp /dev/null', PATH: '/usr/bin:/bin' }
    expect(await run(['edit', 'b1'], { cwd, env })).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(join(cwd, 'migrations/b1_message.sql'), 'utf8')).toBe('')
  })

  test.for([
    ['no editor', {}, 'head', 'LIMBECK_INVALID_OPTION'],
    ['an editor that fails', { EDITOR: 'false' }, 'head', 'LIMBECK_LOAD_FAILED'],
    ['an editor that is not there', { EDITOR: 'no-such-editor' }, 'a1', 'LIMBECK_LOAD_FAILED'],
    ['nothing to edit', { EDITOR: 'true' }, 'base', 'LIMBECK_NO_SUCH_REVISION'],
  ] as const)('%s is an error', async ([, env, target, error]) => {
    const { code, stderr } = await run(['edit', target], { cwd: project(linear), env })
    expect(code).toBe(1)
    expect(stderr).toContain(`${error}: `)
  })
})
