import { expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

/** A database at b1, whose downgrade says what it deletes. */
async function atHead() {
  const database = await createDatabase()
  const files = revisionFiles({ a1: {}, b1: { revises: 'a1' } })
  const name = 'migrations/b1_message.sql'
  const lost = '-- data loss: deletes the rows of t_b1'
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...files,
    [name]: `${files[name]}`.replace('-- +downgrade\n', `-- +downgrade\n${lost}\n`),
  })
  const env = { DATABASE_URL: database.url }
  await run(['upgrade'], { cwd, env })
  const downgrade = (argv: readonly string[], types?: string) =>
    run(['downgrade', ...argv], { cwd, env, ...(types === undefined ? {} : { types }) })
  const row = async () =>
    (await database.query<{ row: string }>('SELECT version_num AS row FROM limbeck_version'))[0]
      ?.row
  return { downgrade, row, lost: lost.slice('-- '.length) }
}

test('downgrade on a terminal names the steps and what is lost, and only yes runs it', async () => {
  const { downgrade, row, lost } = await atHead()
  const refused = await downgrade(['-1'], 'n\n')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('downgrade b1')
  expect(refused.stderr).toContain(lost)
  expect(refused.stderr).toContain('Undo it? [y/N]')
  expect(refused.stderr).toContain('LIMBECK_CANCELLED')
  expect(await row()).toBe('b1')
  expect((await downgrade(['-1'], 'y\n')).code).toBe(0)
  expect(await row()).toBe('a1')
})

test('downgrade --yes on a terminal, and any downgrade without one, asks nothing', async () => {
  const { downgrade, row } = await atHead()
  const agreed = await downgrade(['--yes', '-1'], '')
  expect(agreed.code).toBe(0)
  expect(agreed.stderr).not.toContain('?')
  const script = await downgrade(['base'])
  expect({ code: script.code, stderr: script.stderr }).toEqual({ code: 0, stderr: '' })
  expect(await row()).toBeUndefined()
})
