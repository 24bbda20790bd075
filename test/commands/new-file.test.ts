import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { merge } from '../../src/commands/merge.ts'
import { revision } from '../../src/commands/revision.ts'
import type { LimbeckOptions, PostWriteHook } from '../../src/config/options.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { createdAt } from '../../src/script/created.ts'
import { fileName } from '../../src/script/file-name.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { revisionFiles, sqlRevision, tempFolder } from './temp-folder.ts'

const url = 'postgres://none.invalid/none'

async function project(options: Partial<LimbeckOptions> = {}) {
  const root = tempFolder({ 'migrations/.gitkeep': '', ...revisionFiles({ a1: {} }) })
  const config = resolveConfig({ url, migrations: join(root, 'migrations'), ...options })
  const read = async () => [config, await loadRevisions(config.folders)] as const
  return { root, read, files: () => readdirSync(join(root, 'migrations')).sort() }
}

describe('names and dates', () => {
  test('follow the template, the time zone and the slug length', async () => {
    const { read } = await project({
      fileTemplate: '%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s',
      timezone: 'asia/kolkata',
      slugLength: 12,
    })
    const before = Date.now()
    const { file } = await revision(...(await read()), {
      message: 'add a status column',
      revId: 'b1',
    })
    expect(basename(file)).toMatch(/^\d{4}_\d\d_\d\d_\d{4}-b1_add_a\.sql$/)
    const created = (await read())[1].scripts.get('b1')?.created ?? ''
    expect(created).toMatch(/\+05:30$/)
    expect(Date.parse(created)).toBeGreaterThanOrEqual(before - (before % 1000))
    expect(Date.parse(created)).toBeLessThanOrEqual(Date.now())
    expect(basename(file).slice(0, 10)).toBe(created.slice(0, 10).replaceAll('-', '_'))
  })

  test('that no file system takes are an error about the right thing', async () => {
    const { read } = await project({ slugLength: 500 })
    const message = 'x'.repeat(400)
    await expect(revision(...(await read()), { message })).rejects.toMatchObject({
      code: 'LIMBECK_INVALID_OPTION',
      details: { hint: expect.stringContaining('slugLength') },
    })
  })

  test('hold for merges too', async () => {
    const { root, read } = await project({ fileTemplate: '%(slug)s-%(rev)s' })
    writeFileSync(join(root, 'migrations', 'b1_b.sql'), sqlRevision('b1'))
    const { file } = await merge(...(await read()), {
      revisions: 'heads',
      message: 'On',
      revId: 'm1',
    })
    expect(basename(file)).toBe('on-m1.sql')
  })

  test.for([
    ['UTC', '2026-07-01T22:30:05Z'],
    ['Europe/Berlin', '2026-07-02T00:30:05+02:00'],
    ['America/St_Johns', '2026-07-01T20:00:05-02:30'],
    ['Europe/London', '2026-07-01T23:30:05+01:00'],
  ] as const)('in %s', ([zone, expected]) => {
    expect(createdAt(new Date('2026-07-01T22:30:05.900Z'), zone)).toBe(expected)
  })

  test.for([
    ['%(rev)s_%(month)d_%(day)d', 'a1_1_2.sql'],
    ['%(rev)s_%(month)02d_%(day).3d', 'a1_01_002.sql'],
    ['%%(year)d_%%(rev)s', '2026_a1.sql'],
    ['%(epoch)s_%(rev)s', '1767323045_a1.sql'],
  ] as const)('%s means what it means to Alembic', ([template, name]) => {
    expect(fileName('a1', 'x', { template, created: '2026-01-02T03:04:05Z' })).toBe(name)
  })

  test.for([
    [{ timezone: 'Mars/Olympus' }, 'timezone', 'Mars/Olympus'],
    [{ timezone: '' }, 'timezone', '""'],
    [{ slugLength: -1 }, 'slugLength', '-1'],
    [{ slugLength: 1.5 }, 'slugLength', '1.5'],
    [{ fileTemplate: '%(slug)s' }, 'fileTemplate', '%(rev)s'],
    [{ fileTemplate: '../%(rev)s' }, 'fileTemplate', '../'],
    [{ fileTemplate: 'a/%(rev)s' }, 'fileTemplate', 'a/'],
    [{ fileTemplate: '%(nope)s_%(rev)s' }, 'fileTemplate', '%(nope)s'],
  ] as const)('%j is refused by name', ([options, name, value]) => {
    expect(() => resolveConfig({ url, ...options })).toThrow(
      expect.objectContaining({
        code: 'LIMBECK_INVALID_OPTION',
        message: expect.stringMatching(new RegExp(`^option ${name} is .*`)),
      }),
    )
    expect(() => resolveConfig({ url, ...options })).toThrow(value)
  })
})

describe('post-write hooks', () => {
  const node = (code: string, ...args: string[]): PostWriteHook => ({
    command: process.execPath,
    args: ['-e', code, ...args],
  })
  const append = "require('fs').appendFileSync(process.argv.at(-1), '-- ' + process.argv.length)"

  test('get the path behind their arguments, or where the token is, one after the other', async () => {
    const token = 'REVISION_SCRIPT_FILENAME'
    const last = "require('fs').appendFileSync(process.argv[1].slice(2), '\\n-- token')"
    const { read } = await project({ postWriteHooks: [node(append), node(last, `f=${token}`)] })
    const { file } = await revision(...(await read()), { message: '', revId: 'b1' })
    expect(readFileSync(file, 'utf8')).toMatch(/\n-- 2\n-- token$/)
  })

  test('run in their folder, and see no shell', async () => {
    const { root, read } = await project()
    const [config, revisions] = await read()
    const code = "require('fs').writeFileSync('seen', process.argv.slice(1).join('|'))"
    const hook = { ...node(code, '$(id)', '; touch pwned'), cwd: root }
    const hooked = { ...config, postWriteHooks: [hook] }
    const { file } = await revision(hooked, revisions, { message: '$(touch pwned)', revId: 'b1' })
    expect(readFileSync(join(root, 'seen'), 'utf8')).toBe(`$(id)|; touch pwned|${file}`)
  })

  test.for([
    ['that fails', node("console.error('no semicolon'); process.exit(3)"), 'ended with 3'],
    ['that is killed', node("process.kill(process.pid, 'SIGKILL')"), 'ended with SIGKILL'],
    ['that is missing', { command: 'no-such-program' }, 'ENOENT'],
    ['in a folder that is missing', { ...node(''), cwd: '/no/such/folder' }, 'ENOENT'],
    [
      'that spoils the file',
      node("require('fs').writeFileSync(process.argv[1], 'spoilt')"),
      'left no revision file behind',
    ],
    ['that takes the file away', node("require('fs').rmSync(process.argv[1])"), 'left no revision'],
  ] as const)('one %s is an error and leaves no file', async ([, hook, reason]) => {
    const { read, files } = await project({ postWriteHooks: [node(append), hook] })
    const before = files()
    await expect(revision(...(await read()), { message: 'x' })).rejects.toMatchObject({
      code: 'LIMBECK_HOOK_FAILED',
      message: expect.stringContaining(reason),
    })
    expect(files()).toEqual(before)
  })

  test('what the program said is a detail of the error', async () => {
    const hook = node("console.log('line 3: no semicolon'); process.exit(1)")
    const { read } = await project({ postWriteHooks: [hook] })
    await expect(revision(...(await read()), { message: 'x' })).rejects.toMatchObject({
      details: { detail: 'line 3: no semicolon\n' },
    })
  })
})
