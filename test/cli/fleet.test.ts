import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

const revisions = revisionFiles({ a1: {}, b1: { revises: 'a1' } })

/** A project whose database has the schemas `one`, at a1, `two`, at b1, and `three`, which is empty. */
async function project(config = 'export default {}') {
  const database = await createDatabase()
  const cwd = tempFolder({ 'limbeck.config.mjs': config, ...revisions })
  const env = { DATABASE_URL: database.url }
  const limbeck = (...argv: string[]) => run(argv, { cwd, env })
  await limbeck('fleet', 'a1', '--schemas', 'one', '--create')
  await limbeck('fleet', '--schemas', 'two', '--create')
  await database.query("CREATE SCHEMA three; CREATE TABLE tenants AS VALUES ('one'), ('two')")
  return { database, cwd, limbeck }
}

test('--plan says who is behind, a run upgrades them, a rerun has nothing to do', async () => {
  const { limbeck } = await project()
  const query = ['--schemas-query', 'SELECT column1 FROM tenants ORDER BY 1']
  expect(await limbeck('fleet', ...query, '--plan')).toEqual({
    code: 0,
    stderr: '',
    stdout: 'one: behind by 1 step: a1 to b1\n2 members: 1 current, 1 behind; nothing was run.\n',
    json: expect.anything(),
  })
  const ran = await limbeck('fleet', ...query)
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(ran.stdout).toMatch(
    /^one: upgraded from a1 to b1 in 1 step\n2 members: 1 current, 1 upgraded \(.+\)\.\n$/,
  )
  expect((await limbeck('fleet', ...query)).stdout).toMatch(/^2 members: 2 current \(.+\)\.\n$/)
})

test('a member that fails is named with its code, and the exit code is 1', async () => {
  const { limbeck } = await project()
  const ran = await limbeck('fleet', '--schemas', 'one, three')
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('one: upgraded from a1 to b1 in 1 step\n')
  expect(ran.stdout).toContain('three: failed, LIMBECK_FLEET_FRESH: schema three is empty')
  expect(ran.stderr).toContain('LIMBECK_FLEET_FAILED: 1 of 2 failed')

  const json = await limbeck('fleet', '--schemas', 'one,three', '--json')
  expect(json.code).toBe(1)
  expect(json.json()).toMatchObject({
    kind: 'run',
    totals: { current: 1, failed: 1 },
    members: [
      { name: 'one', outcome: 'current', from: ['b1'], to: ['b1'], applied: [] },
      { name: 'three', outcome: 'failed', error: { code: 'LIMBECK_FLEET_FRESH' } },
    ],
  })
})

test('--quiet prints failures only', async () => {
  const { limbeck } = await project()
  expect(await limbeck('fleet', '--schemas', 'one', '--quiet')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  })
  const failed = await limbeck('fleet', '--schemas', 'three', '-q')
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toContain(
    'LIMBECK_FLEET_FAILED: 1 of 1 failed: three (LIMBECK_FLEET_FRESH)',
  )
})

test('the fleet may be configured, with its list, its concurrency and whether it builds', async () => {
  const { limbeck } = await project(
    "export default { fleet: { schemas: 'SELECT column1 FROM tenants', concurrency: 2, create: true } }",
  )
  expect((await limbeck('fleet', '--json')).json()).toMatchObject({
    totals: { current: 1, upgraded: 1 },
  })
  expect((await limbeck('fleet', '--schemas', 'three', '--json')).json()).toMatchObject({
    totals: { created: 1 },
  })
})

test('--databases and --urls-file migrate databases', async () => {
  const { database, cwd, limbeck } = await project()
  const other = await createDatabase()
  expect((await limbeck('fleet', '--databases', other.name, '--create')).code).toBe(0)
  const query = `SELECT datname FROM pg_database WHERE datname = '${other.name}'`
  expect((await limbeck('fleet', '--databases-query', query)).stdout).toContain('1 current')
  writeFileSync(join(cwd, 'urls.txt'), `# all of them\n${other.url}\n\n`)
  const ran = await run(['fleet', '--urls-file', 'urls.txt', '--json'], { cwd, env: {} })
  expect(ran.json()).toMatchObject({ totals: { current: 1 } })
  expect(ran.stdout).not.toContain(database.url)
  const missing = await limbeck('fleet', '--urls-file', 'nowhere.txt')
  expect(missing.stderr).toContain('LIMBECK_INVALID_OPTION: cannot read')
})

test('a fleet that is configured by URLs needs no other', async () => {
  const { database, limbeck } = await project()
  await limbeck('fleet', '--databases', database.name, '--create')
  const config = `export default { fleet: { urls: [${JSON.stringify(database.url)}] } }`
  const cwd = tempFolder({ 'limbeck.config.mjs': config, ...revisions })
  const ran = await run(['fleet', '--json'], { cwd, env: {} })
  expect(ran.json()).toMatchObject({ members: [{ name: expect.stringContaining(database.name) }] })
  const elsewhere = await run(['fleet', '--schemas', 'one'], { cwd, env: {} })
  expect(elsewhere.stderr).toContain('LIMBECK_INVALID_OPTION: there is no database URL')
})

test('where nothing may be written, a member that is behind says so', async () => {
  const { database, limbeck } = await project()
  await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`)
  const ran = await limbeck('fleet', '--schemas', 'one,two', '--json')
  expect(ran.json()).toMatchObject({
    totals: { current: 1, failed: 1 },
    members: [
      { name: 'one', outcome: 'failed', error: { code: 'LIMBECK_PERMISSION_DENIED' } },
      { name: 'two', outcome: 'current' },
    ],
  })
  expect(ran.stdout).toContain('read-only')
})

test('what cannot be meant is exit code 2, and a wrong setting is named with its line', async () => {
  const { limbeck } = await project()
  expect((await limbeck('fleet', '--schemas', 'a', '--databases', 'b')).code).toBe(2)
  expect((await limbeck('fleet', '--schemas', 'a', '--concurrency', '0')).code).toBe(2)
  expect((await limbeck('fleet')).stderr).toContain('nothing says which schemas or databases')
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {\n  fleet: {\n    schema: "a",\n  },\n}',
    ...revisions,
  })
  const { stderr } = await run(['fleet'], { cwd, env: {} })
  expect(stderr).toContain("no setting 'fleet.schema'")
  expect(stderr).toContain('limbeck.config.mjs:3')
  expect(stderr).toContain("Did you mean 'schemas'?")
})
