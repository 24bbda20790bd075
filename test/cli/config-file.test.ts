import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/cli/config-file.ts'
import { tempFolder } from '../commands/temp-folder.ts'

const read = (
  files: Readonly<Record<string, string>>,
  { env = {}, ...flags }: { env?: Record<string, string>; url?: string; config?: string } = {},
) => readConfig({ cwd: tempFolder(files), env }, flags)

describe('finding the file', () => {
  test('upward from the working directory, paths relative to the file', async () => {
    const root = tempFolder({
      'limbeck.config.ts':
        "export default { migrations: ['a', './b'], models: 'db/schema.ts', url: 'postgres://h/d' } as const",
      'packages/api/package.json': '{}',
    })
    const config = await readConfig({ cwd: join(root, 'packages/api'), env: {} }, {})
    expect(config).toMatchObject({
      url: 'postgres://h/d',
      migrations: [join(root, 'a'), join(root, 'b')],
      models: join(root, 'db/schema.ts'),
    })
  })

  test.for(['limbeck.config.ts', 'limbeck.config.js', 'limbeck.config.mjs'])(
    '%s is found',
    async (name) => {
      const config = await read({ [name]: "export default { schema: 'shop' }" })
      expect(config).toMatchObject({ schema: 'shop' })
    },
  )

  test('without one the error says how to get it', async () => {
    await expect(read({})).rejects.toMatchObject({
      code: 'LIMBECK_CONFIG_MISSING',
      details: { hint: expect.stringContaining('limbeck init') },
    })
    await expect(read({ 'limbeck.config.json': '{}' })).rejects.toMatchObject({
      details: { hint: expect.stringContaining('limbeck.config.json is not one of these') },
    })
    await expect(read({}, { config: 'other.ts' })).rejects.toMatchObject({
      code: 'LIMBECK_CONFIG_MISSING',
    })
  })
})

test('what is said of new files is kept, hooks in the folder of the file', async () => {
  const root = tempFolder({
    'limbeck.config.mjs': `export default {
      fileTemplate: '%(epoch)s_%(rev)s',
      timezone: 'Europe/Berlin',
      slugLength: 20,
      postWriteHooks: [{ command: 'a', args: ['b'] }, { command: 'c', cwd: 'd' }],
    }`,
    'deep/.keep': '',
  })
  expect(await readConfig({ cwd: join(root, 'deep'), env: {} }, {})).toMatchObject({
    fileTemplate: '%(epoch)s_%(rev)s',
    timezone: 'Europe/Berlin',
    slugLength: 20,
    postWriteHooks: [
      { command: 'a', args: ['b'], cwd: root },
      { command: 'c', cwd: join(root, 'd') },
    ],
  })
})

test('the group for autogenerate is checked like the rest, its file found from the configuration', async () => {
  const root = tempFolder({
    'limbeck.config.mjs':
      "export default { autogenerate: { hints: 'a/hints.json', exclude: ['x'] } }",
    'deep/.keep': '',
  })
  expect(await readConfig({ cwd: join(root, 'deep'), env: {} }, {})).toMatchObject({
    autogenerate: { hints: join(root, 'a/hints.json'), exclude: ['x'] },
  })
  const wrong = (group: string) =>
    read({ 'limbeck.config.mjs': `export default {\n  autogenerate: ${group},\n}` })
  await expect(wrong("{ excludes: ['x'] }")).rejects.toMatchObject({
    code: 'LIMBECK_INVALID_OPTION',
    message: "the configuration has no setting 'autogenerate.excludes'",
    details: { hint: "Did you mean 'exclude'?" },
  })
  await expect(wrong("{\n  exclude: 'x' }")).rejects.toMatchObject({
    message:
      '\'autogenerate.exclude\' in the configuration is the string "x", not an array of strings and { kind, name }',
    details: { line: 3 },
  })
  await expect(wrong('true')).rejects.toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
})

describe('the URL', () => {
  const env = { DATABASE_URL: 'postgres://env/d', MIGRATION_DATABASE_URL: 'postgres://direct/d' }
  const own = { 'limbeck.config.js': "export default { url: 'postgres://own/d' }" }
  const none = { 'limbeck.config.js': 'export default {}' }

  test('comes from the environment only where the configuration has none', async () => {
    expect(await read(own, { env })).toMatchObject({
      url: 'postgres://own/d',
      migrationUrl: undefined,
    })
    expect(await read(none, { env })).toMatchObject({
      url: 'postgres://env/d',
      migrationUrl: 'postgres://direct/d',
    })
    expect((await read(none)).url).toBe('')
  })

  test('that is typed wins over all', async () => {
    expect(await read(own, { env, url: 'postgres://typed/d' })).toMatchObject({
      url: 'postgres://typed/d',
      migrationUrl: undefined,
    })
  })
})

describe('a bad configuration', () => {
  test.for([
    ['no default export', 'export const url = 1', 'LIMBECK_CONFIG_FAILED', undefined],
    ['no object', "export default 'x'", 'LIMBECK_CONFIG_FAILED', undefined],
    ['code that throws', "\n\nthrow new Error('no password')", 'LIMBECK_CONFIG_FAILED', 3],
    ['a syntax error', 'export default {\n  url: ,\n}', 'LIMBECK_CONFIG_FAILED', undefined],
    [
      'a missing import',
      "import './gone.js'\nexport default {}",
      'LIMBECK_CONFIG_FAILED',
      undefined,
    ],
    [
      'a failing promise',
      'export default Promise.reject(new Error("x"))',
      'LIMBECK_CONFIG_FAILED',
      undefined,
    ],
    ['an unknown key', 'export default {\n  migration: "x",\n}', 'LIMBECK_INVALID_OPTION', 2],
    ['a wrong type', 'export default {\n  schema: 5,\n}', 'LIMBECK_INVALID_OPTION', 2],
    ['a wrong list', 'export default {\n\n  migrations: [1],\n}', 'LIMBECK_INVALID_OPTION', 3],
    ['a wrong word', 'export default {\n  transaction: "some" }', 'LIMBECK_INVALID_OPTION', 2],
    ['a bad zone', "export default {\n  timezone: 'Mars/Base',\n}", 'LIMBECK_INVALID_OPTION', 2],
    ['a bad length', 'export default {\n  slugLength: 1.5,\n}', 'LIMBECK_INVALID_OPTION', 2],
    [
      'a bad template',
      "export default {\n  fileTemplate: '%(slug)s',\n}",
      'LIMBECK_INVALID_OPTION',
      2,
    ],
    [
      'a hook without a command',
      'export default {\n  postWriteHooks: [{ args: [] }],\n}',
      'LIMBECK_INVALID_OPTION',
      2,
    ],
    [
      'a hook with a typo',
      "export default {\n  postWriteHooks: [{ command: 'x', arg: [] }],\n}",
      'LIMBECK_INVALID_OPTION',
      2,
    ],
    ['a negative time', 'export default { lockTimeout: -1 }', 'LIMBECK_INVALID_OPTION', undefined],
  ] as const)('%s is %s', async ([, source, code, line]) => {
    for (const name of ['limbeck.config.ts', 'limbeck.config.mjs']) {
      const error = await read({ [name]: source }).catch((caught) => caught)
      expect(error).toMatchObject({ code, details: { file: expect.stringContaining(name) } })
      if (line !== undefined) expect(error.details.line, `${name}: ${error.message}`).toBe(line)
    }
  })

  test('an unknown key is told the one that was meant', async () => {
    await expect(
      read({ 'limbeck.config.js': "export default { version_table: 'v' }" }),
    ).rejects.toMatchObject({
      message: "the configuration has no setting 'version_table'",
      details: { hint: "Did you mean 'versionTable'?" },
    })
  })
})

test('the configuration and the models see what .env says, and the environment wins', async () => {
  const cwd = tempFolder({
    'limbeck.config.mjs': "export default { url: process.env.OUR_URL ?? '' }",
    '.env': 'OUR_URL=postgres://h/file\nSET_ELSEWHERE=file\n',
  })
  const seen: Record<string, string | undefined> = {}
  const setVariables = (variables: typeof seen) => Object.assign(seen, variables)
  const config = await readConfig({ cwd, env: { SET_ELSEWHERE: 'set' }, setVariables }, {})
  expect(seen).toEqual({ OUR_URL: 'postgres://h/file', SET_ELSEWHERE: 'set' })
  expect(config.url).toBe('')
})

test('.env beside the configuration has the URL, and the environment wins', async () => {
  const files = {
    'limbeck.config.mjs': 'export default {}',
    '.env': 'DATABASE_URL="postgres://h/file" # local\n',
  }
  expect((await read(files)).url).toBe('postgres://h/file')
  expect((await read(files, { env: { DATABASE_URL: 'postgres://h/env' } })).url).toBe(
    'postgres://h/env',
  )
  expect((await read({ 'limbeck.config.mjs': 'export default {}' })).url).toBe('')
})

test('a variable that is empty in the environment does not hide the one of .env', async () => {
  const files = {
    'limbeck.config.mjs': 'export default {}',
    '.env': 'DATABASE_URL=postgres://h/d\n',
  }
  for (const DATABASE_URL of ['', 'postgres://other/d']) {
    const { url } = await read(files, { env: { DATABASE_URL } })
    expect(url).toBe(DATABASE_URL || 'postgres://h/d')
  }
})
