import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { npmEnvironment } from '../support/packed.ts'
import { findTool, type Tool } from '../support/tools.ts'

const run = promisify(execFile)

let project: string

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module", "private": true }',
  'limbeck.config.js': 'export default {}',
  'migrations/aaaa00000001_t.sql':
    '-- t\n--\n-- revision: aaaa00000001\n-- revises:\n-- irreversible: test\n\n-- +upgrade\nCREATE TABLE notes (id int);\n',
  'schema.js': `import { integer, pgTable } from 'drizzle-orm/pg-core'
export const notes = pgTable('notes', { id: integer('id') })
`,
  'query.js': `import postgres from 'postgres'
export async function query(url, statement) {
  const sql = postgres(url, { max: 1 })
  return await sql.unsafe(statement).then(Array.from).finally(() => sql.end())
}
`,
}

/** Two tests that would meet each other's row, and one of what the models say. */
const tests = (framework: string) => `
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '${framework}'
import { createMigrator } from 'limbeck'
import { matchers, useTestDatabase } from 'limbeck/testing'
import { query } from './query.js'
import * as models from './schema.js'

expect.extend(matchers)
const hooks = { beforeAll, beforeEach, afterEach, afterAll }
const database = useTestDatabase(hooks, { migrations: 'migrations' })

for (const id of [1, 2])
  test('has a database of its own ' + id, async () => {
    await query(database().url, 'INSERT INTO notes VALUES (' + id + ')')
    expect(await query(database().url, 'SELECT id FROM notes')).toEqual([{ id }])
  })

test('models and revisions agree', async () => {
  const migrator = createMigrator({ url: database().url, migrations: 'migrations', models })
  expect(await migrator.check()).toAgree()
  await migrator.close()
})
`

const nodeTests = `import assert from 'node:assert'
import * as hooks from 'node:test'
import { createMigrator } from 'limbeck'
import { assertAgrees, useTestDatabase } from 'limbeck/testing'
import { query } from './query.js'
import * as models from './schema.js'

const database = useTestDatabase(hooks, { migrations: 'migrations' })

for (const id of [1, 2])
  hooks.test('has a database of its own ' + id, async () => {
    await query(database().url, 'INSERT INTO notes VALUES (' + id + ')')
    assert.deepEqual(await query(database().url, 'SELECT id FROM notes'), [{ id }])
  })

hooks.test('models and revisions agree', async () => {
  const migrator = createMigrator({ url: database().url, migrations: 'migrations', models })
  assertAgrees(await migrator.check())
  await migrator.close()
})
`

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'limbeck-runners-'))
  const more = {
    'node.test.mjs': nodeTests,
    'vitest.test.mjs': tests('vitest'),
    'jest.test.mjs': tests('@jest/globals'),
    'bun.test.mjs': tests('bun:test'),
  }
  for (const [name, text] of Object.entries({ ...files, ...more })) {
    await mkdir(path.dirname(path.join(project, name)), { recursive: true })
    await writeFile(path.join(project, name), text)
  }
  await mkdir(path.join(project, 'node_modules'))
  for (const name of ['postgres', 'drizzle-orm', 'vitest'])
    await symlink(path.resolve('node_modules', name), path.join(project, 'node_modules', name))
  await symlink(path.resolve('.'), path.join(project, 'node_modules/limbeck'))
})

afterAll(() => rm(project, { recursive: true, force: true }))

async function output(file: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  // Of the process that runs this test: with it node:test would report to a parent.
  const { NODE_TEST_CONTEXT: _, ...environment } = npmEnvironment()
  const env = { ...environment, TEST_DATABASE_URL: inject('serverUrl'), ...more }
  const { stdout, stderr } = await run(file, args, { cwd: project, env }).catch((error) => error)
  return `${stdout}${stderr}`
}

describe('each test has a migrated database of its own, and models are held against revisions, in', () => {
  test('Vitest', async () => {
    const vitest = path.resolve('node_modules/vitest/vitest.mjs')
    expect(
      await output(process.execPath, [vitest, 'run', 'vitest.test.mjs', '--testTimeout=60000']),
    ).toMatch(/3 passed/)
  })

  test('node:test', async () => {
    expect(await output(process.execPath, ['--test', 'node.test.mjs'])).toMatch(/pass 3/)
  })

  test('Jest', { timeout: 180_000 }, async ({ skip }) => {
    const jest = need(await findTool('jest'), skip)
    const env = { NODE_OPTIONS: '--experimental-vm-modules' }
    const args = ['--testRegex', 'jest\\.test\\.mjs$', '--watchman=false', '--testTimeout=60000']
    expect(await output(jest, args, env)).toMatch(/Tests: +3 passed/)
  })

  test('Bun', { timeout: 180_000 }, async ({ skip }) => {
    const bun = need(await findTool('bun'), skip)
    expect(await output(bun, ['test', '--timeout=60000', './bun.test.mjs'])).toMatch(/ 3 pass\n/)
  })
})

function need(tool: Tool, skip: (why: string) => never): string {
  return 'file' in tool ? tool.file : skip(tool.missing)
}
