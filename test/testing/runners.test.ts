import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { npmEnvironment } from '../support/packed.ts'
import { findTool, type Tool } from '../support/tools.ts'

const run = promisify(execFile)

let project: string

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'limbeck-runners-'))
  await cp('examples/testing', project, { recursive: true })
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

describe('a test runner, which holds models against revisions, too:', () => {
  test('Vitest gives each test a migrated database', async () => {
    const vitest = path.resolve('node_modules/vitest/vitest.mjs')
    expect(await output(process.execPath, [vitest, 'run'])).toMatch(/3 passed/)
  })

  test('node:test gives each test a migrated database', async () => {
    expect(await output(process.execPath, ['--test', 'notes.node.js'])).toMatch(/pass 3/)
  })

  test('Jest gives each test a migrated database', async ({ skip }) => {
    const jest = need(await findTool('jest'), skip)
    const env = { NODE_OPTIONS: '--experimental-vm-modules' }
    const args = ['--testMatch', '**/notes.jest.js', '--testTimeout=60000', '--watchman=false']
    expect(await output(jest, args, env)).toMatch(/Tests: +3 passed/)
  })

  test('Bun gives each test a migrated database', async ({ skip }) => {
    const bun = need(await findTool('bun'), skip)
    const args = ['test', '--timeout=60000', './notes.bun.js']
    expect(await output(bun, args)).toMatch(/ 3 pass\n/)
  })
})

function need(tool: Tool, skip: (why: string) => never): string {
  return 'file' in tool ? tool.file : skip(tool.missing)
}
