import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { schemaFromModels } from '../../src/models/from-drizzle/schema-from-models.ts'
import { readModels } from '../../src/models/read-models.ts'
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
