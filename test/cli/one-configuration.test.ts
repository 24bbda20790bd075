import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/cli/config-file.ts'
import { defineConfig } from '../../src/index.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'

const run = promisify(execFile)

const revision =
  '-- first\n--\n-- revision: aaaa00000001\n-- revises:\n\n-- +upgrade\nCREATE TABLE t (id int);\n\n-- +downgrade\nDROP TABLE t;\n'

/** A project with one configuration, its commands, and a service that takes it as it is. */
async function project(config: string) {
  const database = await createDatabase()
  const root = tempFolder({
    'package.json': '{ "type": "module" }',
    'limbeck.config.mjs': config,
    'migrations/aaaa00000001_first.sql': revision,
    'server.mjs': `import { initDb } from 'limbeck'
import config from './limbeck.config.mjs'
const { outcome } = await initDb({ ...config, url: process.env.DATABASE_URL }).catch((error) => ({ outcome: error.code + ' ' + error.message + ' ' + error.details.hint }))
console.log(outcome)`,
  })
  await mkdir(path.join(root, 'node_modules'))
  await symlink(path.resolve('.'), path.join(root, 'node_modules/limbeck'))
  const env = { ...process.env, DATABASE_URL: database.url }
  const node = async (args: readonly string[], cwd = root) =>
    (await run('node', args, { cwd, env })).stdout.trim()
  return { root, database, node }
}

test('the object that the command line reads boots the service, and is read with its boot options', async () => {
  const { node } = await project(
    "export default { migrations: 'migrations', mode: 'upgrade', fresh: 'chain', legacy: 'refuse', ahead: 'serve', modelsAhead: 'refuse', drift: 'off' }",
  )
  expect(await node([path.resolve('dist/lib/limbeck.js'), 'upgrade'])).toContain(
    'Upgraded to aaaa00000001',
  )
  expect(await node(['server.mjs'])).toBe('current')
})

test('a URL leads to the folder from every working directory', async () => {
  const { root, node } = await project(
    "export default { migrations: new URL('./migrations/', import.meta.url) }",
  )
  expect(await node([path.join(root, 'server.mjs')], '/')).toBe('created')
  expect(await node([path.resolve('dist/lib/limbeck.js'), 'current'])).toContain('aaaa00000001')
})

test('a wrong working directory is told from a folder that is missing', async () => {
  const { root, node } = await project('export default {}')
  const said = await node([path.join(root, 'server.mjs')], path.parse(root).root)
  expect(said).toContain('LIMBECK_FOLDER_MISSING')
  expect(said).toContain(`the folder is at ${path.join(root, 'migrations')}`)
  expect(said).toContain('new URL(')
  await mkdir(path.join(root, 'deep'))
  expect(await node(['../server.mjs'], path.join(root, 'deep'))).toContain(
    'the working directory is',
  )
  await writeFile(path.join(root, 'limbeck.config.mjs'), "export default { migrations: 'nowhere' }")
  expect(await node(['server.mjs'])).toContain('npx limbeck init')
})

describe('the configuration', () => {
  const wrong = (text: string) =>
    readConfig({ cwd: tempFolder({ 'limbeck.config.mjs': text }), env: {} }, {})

  test.each(['gate', 'healthPath', 'healthDetail', 'retryAfterSeconds', 'report', 'onFailure'])(
    'says of %s that it is the plugin’s',
    async (name) => {
      await expect(wrong(`export default {\n  ${name}: 'x' }`)).rejects.toMatchObject({
        code: 'LIMBECK_INVALID_OPTION',
        details: { line: 2, hint: expect.stringContaining('...config') },
      })
    },
  )

  test.each(['mode', 'fresh', 'legacy', 'ahead', 'modelsAhead', 'drift'])(
    'checks the value of %s',
    async (name) => {
      await expect(wrong(`export default { ${name}: 'x' }`)).rejects.toMatchObject({
        code: 'LIMBECK_INVALID_OPTION',
        message: expect.stringContaining(`'${name}'`),
      })
    },
  )

  test('keeps its types, so that a service may take it', () => {
    const config = defineConfig({ casing: 'snake_case', migrations: new URL('file:///m') })
    const casing: 'snake_case' = config.casing
    expect(casing).toBe('snake_case')
  })
})

test('a service without a URL is told where to say it', async () => {
  const { root, node } = await project('export default {}')
  await writeFile(
    path.join(root, 'bare.mjs'),
    "import { initDb } from 'limbeck'\nimport config from './limbeck.config.mjs'\nawait initDb(config).catch(({ code, message }) => console.log(code, message))",
  )
  expect(await node(['bare.mjs'])).toBe('LIMBECK_INVALID_OPTION option url is missing')
})
