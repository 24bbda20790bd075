import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { readModels } from '../../src/models/read-models.ts'
import { importHint } from '../../src/script/import-hint.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { failure } from '../support/revisions.ts'

const users =
  "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { fullName: text() })\n"

const config = (models: string | undefined, signal?: AbortSignal) => ({
  models,
  casing: undefined,
  signal,
})

/** The path of models with this text, in a project that has drizzle-orm. */
function modelsFile(source: string, name = 'schema.ts'): string {
  const folder = tempFolder({ [name]: source })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  return join(folder, name)
}

/** The path of schema.ts among such files. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = dirname(modelsFile(''))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, 'schema.ts')
}

describe('models named by their path', () => {
  test('are what reading them in this process says, casing included', async () => {
    const file = modelsFile(users)
    const here = { users: pgTable('users', { fullName: text() }) }
    expect(await readModels(config(file))).toEqual(schemaFromModels(here))
    expect(await readModels({ ...config(file), casing: 'snake_case' })).toEqual(
      schemaFromModels(here, { casing: 'snake_case' }),
    )
  })

  test('may leave timers, servers and exit hooks behind', async () => {
    const file = modelsFile(
      `import { createServer } from 'node:net'\ncreateServer().listen(0)\nsetInterval(() => {}, 1000)\nprocess.on('exit', () => {})\n${users}`,
    )
    expect((await readModels(config(file))).tables).toHaveLength(1)
  })

  test('may send messages of their own and replace what the answer goes through', async () => {
    const file = modelsFile(
      `process.send?.('ready')\nprocess.send?.({ from: 'me' })\nprocess.send = () => true\nprocess.exit = () => undefined as never\nsetInterval(() => {}, 1000)\n${users}`,
    )
    expect((await readModels(config(file))).tables).toHaveLength(1)
  })

  test('end in LIMBECK_LOAD_FAILED when they end the process', async () => {
    const file = modelsFile('process.exit(7)\n')
    expect(await failure(readModels(config(file)))).toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      message: 'schema.ts: importing the models ended their process with exit code 7',
      details: { file },
    })
  })

  test('end in LIMBECK_LOAD_FAILED when they wait for what never comes', async () => {
    const file = modelsFile('await new Promise(() => {})\n')
    const error = await failure(readModels(config(file)))
    expect(error.code).toBe('LIMBECK_LOAD_FAILED')
    expect(error.message).toContain('ended their process')
  })

  test.each([
    ['a throw', "const a = 1\nthrow new Error('no DATABASE_URL')\n", 'no DATABASE_URL', 2],
    ['a syntax error', 'const a = 1\nexport const = 3\n', '', 2],
    [
      'a rejection that nobody handles',
      "void Promise.reject(new Error('adrift'))\nawait new Promise((end) => setTimeout(end, 5000))\n",
      'adrift',
      1,
    ],
  ])('say file and line of %s', async (_, source, message, line) => {
    const file = modelsFile(source)
    const error = await failure(readModels(config(file)))
    expect(error).toMatchObject({ code: 'LIMBECK_LOAD_FAILED', details: { file, line } })
    expect(error.message).toContain(`schema.ts:${line}: ${message}`)
  })

  test('name the module that ends the process, and what to set or to move', async () => {
    const file = project({
      'env.ts': "import './deep/check.ts'\n",
      'deep/check.ts': 'if (!process.env.NOT_SET_HERE)\n  process.exit(1)\n',
      'schema.ts': `import './env.ts'\n${users}`,
    })
    const { message, details } = await failure(readModels(config(file)))
    expect(message).toBe('schema.ts: importing the models ended their process with exit code 1')
    expect(details.hint).toMatch(/^deep\/check\.ts:2 calls process\.exit\(\).*--env-file=\.env/)
  })

  test.each([
    [
      'a check of the environment',
      "const check = () => {\n  throw new Error('Invalid environment variables')\n}\ncheck()\n",
      /^env\.ts:2 threw it while it was imported\. Environment variables .*--env-file=\.env/,
    ],
    [
      'a server on a port that is taken',
      "import { once } from 'node:events'\nimport { createServer } from 'node:net'\nconst one = createServer().listen(0)\nawait once(one, 'listening')\nawait once(createServer().listen(one.address().port), 'listening')\n",
      /A server is started by the import, on a port that is taken\. Keep tables in modules/,
    ],
    ['any other throw', "throw new Error('oh')\n", /^env\.ts:1 threw it/],
  ])('say what to do about %s in what they import', async (_, source, hint) => {
    const file = project({ 'env.ts': source, 'schema.ts': `import './env.ts'\n${users}` })
    const error = await failure(readModels(config(file)))
    expect(error).toMatchObject({ code: 'LIMBECK_LOAD_FAILED', details: { file } })
    expect(error.details.hint).toMatch(hint)
  })

  test('may say that they are for the server only, as a bundler of components checks', async () => {
    const file = project({
      'node_modules/server-only/package.json': '{"name":"server-only","main":"index.js"}',
      'node_modules/server-only/index.js':
        "throw new Error('This module cannot be imported from a Client Component module.')\n",
      'schema.ts': `import './deep/db.ts'\nimport 'server-only'\n${users}`,
      'deep/db.ts': "import 'server-only'\n",
    })
    expect((await readModels(config(file)))?.tables).toHaveLength(1)
  })

  test.each([
    ['bun:sqlite', 'bun:sqlite'],
    ['cloudflare:workers', 'cloudflare:workers'],
    ['$env/static/private', '$env/static/private'],
  ])('say that %s is for another runtime or a bundler', async (wanted, name) => {
    const source = `import used from '${wanted}'\nconsole.log(used)\n${users}`
    const error = await failure(readModels(config(project({ 'schema.ts': source }))))
    expect(error.details.hint).toContain(`${name} is for another runtime, or for a bundler.`)
  })

  test('say so of a style sheet too, which Node does not read', async () => {
    const file = project({ 'style.css': 'a {}', 'schema.mjs': "import './style.css'" })
    const script = "import('./schema.mjs').catch((error) => console.log(error.message))"
    const said = execFileSync(process.execPath, ['-e', script], { cwd: dirname(file) })
    expect(importHint(file, new Error(said.toString()))).toContain(
      'style.css is for another runtime',
    )
  })

  test.each([
    ['main', { main: 'dist/index.js' }],
    ['exports', { exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } }],
  ])(
    'say of a workspace package, which %s says is not built, how to build it',
    async (_, manifest) => {
      const file = project({
        'packages/db/package.json': JSON.stringify({
          name: '@acme/db',
          scripts: { build: 'tsc' },
          ...manifest,
        }),
        'app/package.json': '{"type":"module"}',
        'app/schema.ts': "export * from '@acme/db'\n",
        'pnpm-lock.yaml': '',
      })
      const root = dirname(file)
      mkdirSync(join(root, 'app/node_modules/@acme'), { recursive: true })
      symlinkSync(join(root, 'packages/db'), join(root, 'app/node_modules/@acme/db'))
      const { details } = await failure(readModels(config(join(root, 'app/schema.ts'))))
      expect(details.hint).toMatch(
        /^The package @acme\/db is installed, and what its package\.json names is not there: (\.\/)?dist\/index\.js\. Build it, `pnpm --filter @acme\/db build`; or name .*packages\/db\/src/,
      )
      const named = await failure(
        readModels(config(join(root, 'app/node_modules/@acme/db/dist/index.js'))),
      )
      expect(named.details.hint).toContain('pnpm --filter @acme/db build')
    },
  )

  test('say of a package that is not installed how to install it', async () => {
    const file = modelsFile("export * from '@acme/gone'\n")
    expect((await failure(readModels(config(file)))).details.hint).toContain(
      'npm install @acme/gone',
    )
  })

  test('that do not exist are named', async () => {
    const file = join(tempFolder(), 'gone.ts')
    const error = await failure(readModels(config(file)))
    expect(error).toMatchObject({ code: 'LIMBECK_LOAD_FAILED', details: { file } })
    expect(error.message).toMatch(/^gone\.ts: /)
  })

  test('keep the code, hint and cause of what cannot be turned into DDL', async () => {
    const file = modelsFile(
      "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { name: text() }, () => { throw new Error('broken callback') })\n",
    )
    const error = await failure(readModels(config(file)))
    expect(error.code).toBe('LIMBECK_UNSUPPORTED_MODEL')
    expect(error.cause).toMatchObject({ message: 'broken callback' })
  })

  test('are given up at the deadline, even where they never pause', async () => {
    const file = modelsFile('for (;;);\n')
    expect(await failure(readModels(config(file), { deadline: 2_000 }))).toMatchObject({
      code: 'LIMBECK_LOAD_FAILED',
      message: 'schema.ts: importing the models took more than 2 s',
    })
  })

  test('are given up on abort, before and while they are read', async () => {
    const file = modelsFile('await new Promise((end) => setTimeout(end, 60_000))\n')
    expect((await failure(readModels(config(file, AbortSignal.abort())))).code).toBe(
      'LIMBECK_CANCELLED',
    )
    expect((await failure(readModels(config(file, AbortSignal.timeout(500))))).code).toBe(
      'LIMBECK_CANCELLED',
    )
  })
})

test('without models the option is named', async () => {
  expect(await failure(readModels(config(undefined)))).toMatchObject({
    code: 'LIMBECK_INVALID_OPTION',
    details: { hint: expect.stringContaining('models:') },
  })
})
