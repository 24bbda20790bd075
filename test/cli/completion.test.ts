import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { diamond, revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { run } from './run.ts'

const bin = fileURLToPath(new URL('../../dist/lib/limbeck.js', import.meta.url))

function project() {
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'other.config.mjs': "export default { migrations: 'other' }",
    ...revisionFiles(diamond),
    ...revisionFiles({ x9: {} }, 'other'),
    'bin/.keep': '',
  })
  writeFileSync(join(cwd, 'bin/limbeck'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, {
    mode: 0o755,
  })
  return cwd
}

const bodies = '-- +upgrade\n\n-- +downgrade\n'

describe('what a word may become', () => {
  test.for([
    ['a word', ['dow'], ['downgrade']],
    ['every word', [''], [...commands.map(({ name }) => name), 'help']],
    ['a hidden word', ['list'], []],
    ['the word behind help', ['help', 'up'], ['upgrade']],
    ['an option', ['upgrade', '--re'], ['--rehearse']],
    ['a refused option', ['upgrade', '--ta'], []],
    ['an option before the word', ['--js'], ['--json']],
    ['a target', ['upgrade', 'hea'], ['head', 'heads']],
    ['an id', ['upgrade', 'm'], ['m1']],
    ['a label', ['show', 'bil'], ['billing', 'billing@head']],
    ['within a branch', ['upgrade', 'billing@h'], ['billing@head', 'billing@heads']],
    ['the end of a range', ['history', '-r', 'r1:a'], ['r1:a1']],
    ['the end of a range for --sql', ['upgrade', '--sql', 'r1:m'], ['r1:m1']],
    ['the current end', ['history', '--rev-range', 'r1:cur'], ['r1:current']],
    ['the value of an option', ['revision', '--head', 'a'], ['a1']],
    ['the value behind =', ['revision', '--head=a'], ['--head=a1']],
    ['a value that is free text', ['revision', '-m', 'a'], []],
    ['a file', ['--config', 'l'], ['<files>']],
    ['a second target', ['stamp', 'a1', 'b'], ['base', 'billing', 'billing@head', 'b1']],
    ['too many targets', ['upgrade', 'a1', 'b'], []],
    ['behind an unknown word', ['upgrad', ''], []],
    ['a target after an option', ['upgrade', '--sql', 'm'], ['m1']],
    ['of another configuration', ['-c', 'other.config.mjs', 'show', 'x'], ['x9']],
    ['of one behind =', ['show', '--config=other.config.mjs', 'x'], ['x9']],
    ['a shell', ['completion', 'z'], ['zsh']],
  ] as const)('%s', async ([, typed, expected]) => {
    const { code, stdout } = await run(['__complete', ...typed], { cwd: project() })
    expect(code).toBe(0)
    const values = stdout.split('\n').map((line) => line.split('\t')[0])
    expect(values.slice(0, -1)).toEqual(expected)
  })

  test('comes with its description', async () => {
    const { stdout } = await run(['__complete', 'show', 'm'], { cwd: project() })
    expect(stdout).toBe('m1\tMessage of m1\n')
  })

  test('is nothing where nothing can be read, and no error', async () => {
    const broken = { ...revisionFiles({ a1: { revises: 'gone' } }) }
    for (const cwd of [tempFolder(), tempFolder({ 'limbeck.config.mjs': 'nonsense', ...broken })]) {
      expect(await run(['__complete', 'show', ''], { cwd })).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      })
    }
  })

  test('is never a command that a file has smuggled in', async () => {
    const files = revisionFiles({ a1: { labels: '$(id>pwned)' }, b1: { labels: '`id`' } })
    const message = {
      'migrations/c1_x.sql': `-- \u001B[2Jx\ty\n--\n-- revision: c1\n-- revises:\n\n${bodies}`,
    }
    const cwd = tempFolder({ 'limbeck.config.mjs': 'export default {}', ...files, ...message })
    const { stdout } = await run(['__complete', 'show', ''], { cwd })
    expect(stdout.split('\n').slice(3, -1)).toEqual([
      'a1\tMessage of a1',
      'b1\tMessage of b1',
      'c1\t [2Jx y',
    ])
  })
})

/** What bash offers for a line, after the printed script has been read. */
function offers(line: string, cwd: string): readonly string[] {
  const commands = [
    'eval "$(limbeck completion bash)"',
    'complete -p limbeck',
    `COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}`,
    '_limbeck limbeck',
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join('\n')
  const text = execFileSync('bash', ['--norc', '-c', commands, 'test', line], {
    cwd,
    env: { PATH: `${join(cwd, 'bin')}:${process.env.PATH}` },
    encoding: 'utf8',
    timeout: 60_000,
  })
  const [installed, ...found] = text.trimEnd().split('\n')
  expect(installed).toBe('complete -F _limbeck limbeck')
  return found
}

describe('in bash', () => {
  test.for([
    ['limbeck dow', ['downgrade']],
    ['limbeck upgrade m', ['m1']],
    ['limbeck upgrade ', ['head', 'heads', 'base', 'search', 'search@head']],
    // Only what is behind the last : or =, or begins with the last @, is replaced.
    ['limbeck upgrade billing@hea', ['@head', '@heads']],
    ['limbeck revision --head=billing@hea', ['@head', '@heads']],
    ['limbeck history -r r1:a', ['a1']],
    ['limbeck revision --head=a', ['a1']],
    ['limbeck stamp r', ['r1']],
    ['limbeck revision -m "two words" --spl', ['--splice']],
    ['limbeck upgrade nope', []],
  ] as const)('%s', ([line, expected]) => {
    expect(offers(line, project()).slice(0, 5)).toEqual(expected)
  })

  test.skipIf(spawnSync('script', ['--version']).status !== 0)('by the Tab key', () => {
    const cwd = project()
    writeFileSync(join(cwd, 'rc'), 'eval "$(limbeck completion bash)"\n')
    spawnSync('script', ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'], {
      cwd,
      env: { PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, TERM: 'xterm', HOME: cwd },
      input: 'limbeck sho\tsearch@heads\t > shown\nexit\n',
      timeout: 60_000,
    })
    expect(readFileSync(join(cwd, 'shown'), 'utf8')).toMatch(/^Rev: m1 /)
  })
})

const lacks = (shell: string) => spawnSync(shell, ['--version']).status !== 0

/** What a shell prints for commands, with this project's program on the PATH. */
function inShell(shell: string, args: readonly string[], cwd: string): readonly string[] {
  const PATH = `${join(cwd, 'bin')}:${process.env.PATH}`
  const options = { cwd, env: { PATH, HOME: cwd }, encoding: 'utf8', timeout: 60_000 } as const
  return execFileSync(shell, args, options).trimEnd().split('\n')
}

test.skipIf(lacks('fish'))('fish offers words and revisions with their descriptions', () => {
  const offer = (line: string) =>
    inShell('fish', ['-c', `limbeck completion fish | source; complete -C "${line}"`], project())
  expect(offer('limbeck dow')).toEqual([expect.stringMatching(/^downgrade\t/)])
  expect(offer('limbeck upgrade m')).toEqual(['m1\tMessage of m1'])
})

test.skipIf(lacks('zsh'))('zsh offers words and revisions', () => {
  // The completion system itself needs a terminal: its two functions stand in for it, and print what they are given.
  const offer = (...words: readonly string[]) => {
    const commands = `compdef() { }
compadd() { print -rl -- "\${(@P)argv[-1]}" }
eval "$(limbeck completion zsh)"
words=("$@"); CURRENT=$#; PREFIX="\${argv[-1]}"
_limbeck`
    return inShell('zsh', ['-f', '-c', commands, 'test', ...words], project())
  }
  expect(offer('limbeck', 'dow')).toEqual(['downgrade'])
  expect(offer('limbeck', 'upgrade', 'm')).toEqual(['m1'])
})

test.skipIf(lacks('pwsh'))('PowerShell offers words and revisions', () => {
  const offer = (line: string) => {
    const load = 'limbeck completion powershell | Out-String | Invoke-Expression'
    const ask = `(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`
    return inShell('pwsh', ['-NoProfile', '-Command', `${load}; ${ask}`], project())
  }
  expect(offer('limbeck dow')).toEqual(['downgrade'])
  expect(offer('limbeck upgrade m')).toEqual(['m1'])
})

describe('the scripts', () => {
  test.for(['bash', 'zsh', 'fish'])(
    '%s: is printed, and parses where the shell is installed',
    async (shell) => {
      const { code, stdout } = await run(['completion', shell], { cwd: '/' })
      expect(code).toBe(0)
      expect(stdout).toContain(' __complete ')
      if (lacks(shell)) return
      const file = join(tempFolder({ script: stdout }), 'script')
      expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' }).stderr).toBe('')
    },
  )

  test('another shell is a usage error', async () => {
    const { code, stderr } = await run(['completion', 'tcsh'], { cwd: '/' })
    expect(code).toBe(2)
    expect(stderr).toContain('bash, zsh, fish')
  })
})
