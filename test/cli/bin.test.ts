import { spawn, spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { diamond, type Links, revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { atGate, closeGate, sleeping, untilFound } from '../support/until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = join(root, 'dist/lib/limbeck.js')

interface Spawned {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface SpawnOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is done, and perhaps typed, once `text` is on stdout. */
  readonly seen?: { readonly text: RegExp; readonly act: (stdin: Writable) => unknown }
}

/** Runs a program to its end. */
function runProgram(
  command: string,
  argv: readonly string[],
  { cwd, env = {}, seen }: SpawnOptions,
): Promise<Spawned> {
  const { NO_COLOR: _, DATABASE_URL: __, ...inherited } = process.env
  const child = spawn(command, argv, { cwd, env: { ...inherited, TERM: 'xterm', ...env } })
  let [stdout, stderr, isSeen] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
    if (isSeen || !seen?.text.test(stdout)) return
    isSeen = true
    seen.act(child.stdin)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk
  })
  if (!seen) child.stdin.end()
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const limbeck = (argv: readonly string[], options: SpawnOptions) =>
  runProgram(process.execPath, [bin, ...argv], options)

/** The same on a real terminal, which `script` of util-linux provides: both streams arrive on stdout. */
const onTerminal = (argv: readonly string[], options: SpawnOptions) => {
  const command = [process.execPath, bin, ...argv].map((word) => `'${word}'`).join(' ')
  // exec: a shell that waited for the program would die of the Ctrl-C that the program answers, and dash does wait.
  return runProgram('script', ['-qec', `exec ${command}`, '/dev/null'], options)
}

test('NODE_DEBUG=limbeck tells the way of a run on stderr', async () => {
  const { url } = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {} }),
  })
  const env = { DATABASE_URL: url, NODE_DEBUG: 'limbeck' }
  const { stderr } = await limbeck(['upgrade'], { cwd, env })
  const told = [...stderr.matchAll(/^LIMBECK \d+: (\w+)/gm)].map(([, word]) => word)
  expect(told).toEqual(['connected', 'locked', 'decided', 'planned', 'sent'])
  expect(stderr).not.toContain(new URL(url).password)
})

test('NODE_DEBUG=limbeck tells file and line of each unit outside a transaction, and not its text', async () => {
  const { url } = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    'migrations/a1_units.sql':
      "-- revision: a1\n-- revises:\n-- transaction: none\n\n-- +upgrade\nSELECT 'sesame';\nVACUUM;\n\n-- +downgrade\nSELECT 1;\n",
  })
  const env = { DATABASE_URL: url, NODE_DEBUG: 'limbeck' }
  const { stderr } = await limbeck(['upgrade'], { cwd, env })
  const units = [...stderr.matchAll(/^LIMBECK \d+: unit: (.*)$/gm)].map(([, unit]) => unit)
  expect(units).toEqual(['block, migrations/a1_units.sql:6', 'alone, migrations/a1_units.sql:7'])
  expect(stderr).not.toContain('sesame')
})

const hasScript = spawnSync('script', ['--version']).status === 0

/** A project that can import `limbeck`, as one that has installed it. */
function project(graph: Readonly<Record<string, Links>>, more: Record<string, string> = {}) {
  const cwd = tempFolder({
    'package.json': '{ "type": "module" }',
    'limbeck.config.ts':
      "import { defineConfig } from 'limbeck'\n\nexport default defineConfig({ migrations: 'migrations' })\n",
    'node_modules/.keep': '',
    ...revisionFiles(graph),
    ...more,
  })
  symlinkSync(root, join(cwd, 'node_modules/limbeck'))
  return cwd
}

describe('the bin', () => {
  test('answers on stdout, and colours nothing in a pipe', async () => {
    const found = await limbeck(['heads'], { cwd: project(diamond) })
    expect(found).toEqual({
      code: 0,
      stdout: 'm1 (billing, search) (head) (mergepoint)\n',
      stderr: '',
    })
  })

  test('reads what init has written', async () => {
    const cwd = tempFolder({ 'package.json': '{}' })
    expect(await limbeck(['init'], { cwd })).toMatchObject({ code: 0, stderr: '' })
    expect(await limbeck(['revision', '-m', 'first'], { cwd })).toMatchObject({ code: 0 })
    expect(await limbeck(['heads'], { cwd })).toMatchObject({ code: 0 })
  })

  test.for([
    [['heads'], 0],
    [['show', 'nope'], 1],
    [['show', '--nope'], 2],
    [[], 2],
  ] as const)('%j exits with %i', async ([argv, code]) => {
    expect((await limbeck(argv, { cwd: project(diamond) })).code).toBe(code)
  })

  test('a configuration with a mistake is told with its line', async () => {
    const files = { 'limbeck.config.ts': 'export default {\n  migrations: ,\n}\n' }
    const { code, stderr } = await limbeck(['heads'], { cwd: project({}, files) })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^LIMBECK_CONFIG_FAILED: /)
    expect(stderr).toContain('\n  at: limbeck.config.ts:2\n')
  })

  test('a reader that has seen enough is no failure', async () => {
    const graph = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [
        `r${at}`,
        at === 0 ? {} : { revises: `r${at - 1}` },
      ]),
    )
    const shell = `'${process.execPath}' '${bin}' history -v | head -n 1; exit "\${PIPESTATUS[0]}"`
    const { code, stdout, stderr } = await runProgram('bash', ['-c', shell], {
      cwd: project(graph),
    })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Rev: r2999 (head)\n', stderr: '' })
  })
})

describe.skipIf(!hasScript)('on a terminal', () => {
  test('colours are on, unless NO_COLOR says otherwise', async () => {
    const cwd = project(diamond)
    const coloured = await onTerminal(['history'], { cwd })
    expect(coloured.stdout).toContain('\u001B[33mm1\u001B[39m')
    const plain = await onTerminal(['history'], { cwd, env: { NO_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\u001B[')
    expect(plain.stdout).toContain('* a1, b1 -> m1')
  })

  test('stamp asks; y agrees, Ctrl-C and Ctrl-D do not', async () => {
    const { url, query } = await createDatabase()
    await query('CREATE TABLE users (id int)')
    const cwd = project(diamond)
    const env = { DATABASE_URL: url }
    const answer = (keys: string) =>
      onTerminal(['stamp', 'r1'], {
        cwd,
        env,
        seen: { text: /\[y\/N\] $/, act: (stdin) => stdin.write(keys) },
      })
    for (const keys of ['n\r', '\u0003', '\u0004']) {
      const { code, stdout } = await answer(keys)
      expect(code).toBe(1)
      expect(stdout).toContain('Found 1 table and no version row:')
      expect(stdout).toContain('nothing was stamped')
    }
    expect(await answer('y\r')).toMatchObject({ code: 0 })
    expect(await query('SELECT version_num FROM limbeck_version')).toEqual([{ version_num: 'r1' }])
  })

  test('a long upgrade shows how far it is, and leaves no trace of it', async () => {
    const { url } = await createDatabase()
    const gate = await closeGate(url)
    const slow = (id: string, revises: string) =>
      `-- Slow\n--\n-- revision: ${id}\n-- revises: ${revises}\n\n-- +upgrade\n${id === 's2' ? atGate : 'SELECT 1;'}\n\n-- +downgrade\nSELECT 1;\n`
    const cwd = project(
      {},
      { 'migrations/s1_slow.sql': slow('s1', ''), 'migrations/s2_slow.sql': slow('s2', 's1') },
    )
    const env = { DATABASE_URL: url, NO_COLOR: '1' }
    const { code, stdout } = await onTerminal(['upgrade'], {
      cwd,
      env,
      seen: { text: /\[#{10}\.{10}\] 2\/2 upgrade s2/, act: gate.open },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('\r\u001B[2K[##########..........] 2/2 upgrade s2')
    const last = stdout.split('\r\u001B[2K').at(-1)
    expect(last).toMatch(/^upgrade s1, Slow .*\r\nupgrade s2, Slow .*\r\nUpgraded to s2\.\r\n$/)
    const piped = await limbeck(['downgrade', 'base'], { cwd, env })
    expect(piped.stderr).toBe('')
  })
})

test('Ctrl-C during an upgrade rolls the step back and exits 1', async () => {
  const { url, query } = await createDatabase()
  const cwd = project(
    { a1: {} },
    {
      'migrations/s1_slow.sql':
        '-- Slow\n--\n-- revision: s1\n-- revises: a1\n\n-- +upgrade\nCREATE TABLE half ();\nSELECT pg_sleep(60);\n\n-- +downgrade\nDROP TABLE half;\n',
    },
  )
  const env = { ...process.env, DATABASE_URL: url }
  const child = spawn(process.execPath, [bin, 'upgrade'], { cwd, env })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await untilFound({ query }, sleeping)
  child.kill('SIGINT')
  expect(await ended).toBe(1)
  expect(stderr).toMatch(/^LIMBECK_CANCELLED: /)
  expect(await query('SELECT version_num FROM limbeck_version')).toEqual([{ version_num: 'a1' }])
  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }])
})
