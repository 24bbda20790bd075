import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

async function project() {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {}, b1: { revises: 'a1' } }),
  })
  const env = { DATABASE_URL: database.url }
  const limbeck = (...argv: string[]) => run(argv, { cwd, env })
  const rows = async () => (await limbeck('current', '--json')).json() as { rows: string[] }
  const file = path.join(cwd, 'plan.json')
  const add = (files: Parameters<typeof revisionFiles>[0]) => {
    for (const [name, text] of Object.entries(revisionFiles(files)))
      writeFileSync(path.join(cwd, name), text)
  }
  return { cwd, limbeck, rows, file, add, database }
}

const refused = { code: 1, stdout: '', stderr: expect.stringContaining('LIMBECK_PLAN_CHANGED') }

describe('upgrade --plan-file', () => {
  test('writes the plan, then runs it, and then has nothing to do', async () => {
    const { limbeck, rows, file } = await project()
    const written = await limbeck('upgrade', '--plan-file', 'plan.json')
    expect(written).toMatchObject({ code: 0, stderr: '' })
    expect(written.stdout).toContain('Would upgrade to b1 in 2 steps; nothing was run.')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      target: 'heads',
      from: [],
      to: ['b1'],
      steps: [
        { revision: 'a1', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { revision: 'b1' },
      ],
    })
    expect(await rows()).toMatchObject({ rows: [] })
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).code).toBe(0)
    expect(await rows()).toMatchObject({ rows: ['b1'] })
    expect(await limbeck('upgrade', '--plan-file', 'plan.json')).toMatchObject({
      code: 0,
      stdout: 'Nothing to upgrade: the database is at b1.\n',
    })
  })

  test('refuses a revision that was added since', async () => {
    const { limbeck, rows, add } = await project()
    await limbeck('upgrade', '--plan-file', 'plan.json')
    add({ c1: { revises: 'b1' } })
    const { stderr, ...others } = await limbeck('upgrade', '--plan-file', 'plan.json')
    expect({ stderr, ...others }).toMatchObject(refused)
    expect(stderr).toContain('a1 would run')
    expect(await rows()).toMatchObject({ rows: [] })
    await limbeck('upgrade', '--plan', '--plan-file', 'plan.json')
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).code).toBe(0)
    expect(await rows()).toMatchObject({ rows: ['c1'] })
  })

  test('refuses a file that is another one, but not one whose message is corrected', async () => {
    const { cwd, limbeck, rows, file } = await project()
    await limbeck('upgrade', '--plan-file', 'plan.json')
    const b1 = path.join(cwd, Object.keys(revisionFiles({ b1: {} }))[0] ?? '')
    const text = readFileSync(b1, 'utf8')
    writeFileSync(b1, text.replace(/^-- \+upgrade$/m, '-- +upgrade\nSELECT 1;'))
    const { stderr } = await limbeck('upgrade', '--plan-file', 'plan.json')
    expect(stderr).toContain('the file of b1 is another one')
    expect(await rows()).toMatchObject({ rows: [] })
    writeFileSync(b1, text.replace(/^-- .*/, '-- better said'))
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).code).toBe(0)
    appendFileSync(file, 'x')
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).stderr).toMatch(
      /LIMBECK_INVALID_OPTION: plan.json is not a plan/,
    )
  })

  test('goes on with what a run has left, and refuses a database that somebody moved elsewhere', async () => {
    const { limbeck, rows, add } = await project()
    await limbeck('upgrade', '--plan-file', 'plan.json')
    await limbeck('upgrade', 'a1')
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).code).toBe(0)
    expect(await rows()).toMatchObject({ rows: ['b1'] })
    add({ c1: { revises: 'b1' }, d1: { revises: 'a1' } })
    await limbeck('upgrade', 'c1', '--plan-file', 'c1.json')
    await limbeck('upgrade', 'd1')
    expect(await limbeck('upgrade', '--plan-file', 'c1.json')).toMatchObject(refused)
  })

  test('of a target keeps it, and is refused beside --sql', async () => {
    const { limbeck, rows } = await project()
    await limbeck('upgrade', 'a1', '--plan-file', 'plan.json')
    expect((await limbeck('upgrade', '--plan-file', 'plan.json')).code).toBe(0)
    expect(await rows()).toMatchObject({ rows: ['a1'] })
    expect((await limbeck('upgrade', '--plan-file', 'plan.json', '--sql')).code).toBe(2)
  })
})
