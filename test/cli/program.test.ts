import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

const project = () =>
  tempFolder({
    'limbeck.config.js': "export default { migrations: 'migrations' }",
    ...revisionFiles({ a1: {}, b1: { revises: 'a1' } }),
  })

describe('usage', () => {
  test.for([
    [['downgrad', '-1'], "unknown command 'downgrad'", 'Did you mean downgrade?'],
    [['upgrade', 'head', '--sq'], "unknown option '--sq'", 'Did you mean --sql?'],
    [['downgrade'], "missing required argument 'target'", 'npx limbeck downgrade --help'],
    [['upgrade', 'a1', 'b1'], 'too many arguments', 'npx limbeck upgrade --help'],
    [['history', '-r'], 'argument missing', 'npx limbeck history --help'],
    [['heads', '--config'], 'argument missing', 'npx limbeck heads --help'],
    [['heads', '-x'], "unknown option '-x'", 'npx limbeck heads --help'],
  ] as const)('%j is exit 2, says why and runs nothing', async ([argv, reason, hint]) => {
    const { code, stdout, stderr } = await run(argv, { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`limbeck: `)
    expect(stderr).toContain(reason)
    expect(stderr).toContain(hint)
  })

  test.for([
    ['init', '--yes'],
    ['heads', '-y'],
    ['-y', 'heads'],
    ['revision', '-m', 'x', '--yes'],
  ] as const)('to agree in advance is understood where nothing is asked: %j', async (argv) => {
    const { code, stderr } = await run([...argv], { cwd: project() })
    const names = argv[0] === 'revision'
    expect({ code, stderr }).toEqual(
      names
        ? { code: 2, stderr: expect.stringContaining('--allow-data-loss') }
        : { code: 0, stderr: '' },
    )
  })

  test('with --json a usage error is a document too', async () => {
    const { code, json } = await run(['upgrade', '--josn', '--json'], { cwd: project() })
    expect(code).toBe(2)
    expect(json()).toMatchObject({ error: { code: 'USAGE' } })
  })

  test('help of an unknown word prints the help on stderr', async () => {
    const { code, stdout, stderr } = await run(['help', 'nope'], { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: limbeck')
  })

  test('no word at all prints the help on stderr', async () => {
    const { code, stdout, stderr } = await run([], { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: limbeck')
  })
})

describe('help', () => {
  test('lists every word', async () => {
    const { code, stdout } = await run(['--help'], { cwd: project() })
    expect(code).toBe(0)
    const wrapped = stdout.replace(/\s+/g, ' ')
    for (const { name, summary } of commands) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
      expect(wrapped).toContain(summary)
    }
  })

  test.for(commands)('of $name ends with an example of it', async ({ name, example }) => {
    for (const argv of [
      [name, '--help'],
      ['help', name],
    ]) {
      const { code, stdout, stderr } = await run(argv, { cwd: '/' })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(`  $ ${example}`)
      expect(example).toMatch(new RegExp(`^npx limbeck ${name}\\b`))
    }
  })

  test('the version is that of the package', async () => {
    const { code, stdout } = await run(['--version'], { cwd: '/' })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  })
})

describe('shared options', () => {
  test.for([
    [['--config', 'limbeck.config.js', 'heads']],
    [['-c', 'limbeck.config.js', 'heads']],
    [['heads', '-c', 'limbeck.config.js']],
    [['heads', '--config=limbeck.config.js']],
  ] as const)('%j stand before and after the word', async ([argv]) => {
    const { code, stdout } = await run(argv, { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'b1 (head)\n' })
  })

  test('-q prints nothing, --json one document', async () => {
    const cwd = project()
    expect(await run(['heads', '-q'], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const { json, stderr } = await run(['--json', 'heads'], { cwd })
    expect(json()).toMatchObject([{ revision: 'b1', marks: ['head'] }])
    expect(stderr).toBe('')
  })
})

describe('a failure', () => {
  test('is exit 1 and one line with its code, then hints', async () => {
    const { code, stdout, stderr } = await run(['show', 'nope'], { cwd: project() })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^LIMBECK_NO_SUCH_REVISION: .*'nope'\n {2}hint: .+\n {2}page: .+\n$/)
  })

  test('with --json is also a document', async () => {
    const { code, json, stderr } = await run(['show', 'nope', '--json'], { cwd: project() })
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: { code: 'LIMBECK_NO_SUCH_REVISION', message: expect.stringContaining("'nope'") },
    })
    expect(stderr).toMatch(/^LIMBECK_NO_SUCH_REVISION: /)
  })

  test('names the file by a path one can type', async () => {
    const cwd = tempFolder({
      'limbeck.config.js': 'export default {}',
      'migrations/a1_x.sql':
        '-- x\n--\n-- revision: a1\n-- revises:\n-- colour: red\n\n-- +upgrade\n',
    })
    const { stderr } = await run(['heads'], { cwd })
    expect(stderr).toMatch(/^LIMBECK_INVALID_FILE: /)
    expect(stderr).toContain('\n  at: migrations/a1_x.sql:5\n')
  })

  test('colours only on a terminal, and not with NO_COLOR', async () => {
    const cwd = project()
    const colour = '\u001B['
    expect((await run(['heads'], { cwd })).stdout).not.toContain(colour)
    expect((await run(['heads'], { cwd, types: '' })).stdout).toContain(colour)
    const env = { NO_COLOR: '1' }
    expect((await run(['heads'], { cwd, types: '', env })).stdout).not.toContain(colour)
    expect((await run(['show', 'x'], { cwd, types: '' })).stderr).toContain(colour)
  })
})
