import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from './run.ts'

const marked = (id: string, revises: string, line: string, sql = `CREATE TABLE t_${id} ();`) =>
  `-- Message of ${id}\n--\n-- revision: ${id}\n-- revises: ${revises}\n-- ${line}\n\n-- +upgrade\n${sql}\n\n-- +downgrade\nDROP TABLE t_${id};\n`

async function project() {
  const database = await createDatabase()
  const cwd = tempFolder({
    'limbeck.config.mjs': 'export default {}',
    ...revisionFiles({ a1: {} }),
    'migrations/b1_x.sql': marked('b1', 'a1', 'transaction: none'),
    'migrations/c1_x.sql': marked('c1', 'b1', 'irreversible: data is gone'),
  })
  const env = { DATABASE_URL: database.url }
  const limbeck = (...argv: string[]) => run(argv, { cwd, env })
  const tables = async () =>
    (await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).length
  return { cwd, limbeck, tables }
}

describe('--plan', () => {
  test('lists each step with its marks and its file, and runs nothing', async () => {
    const { limbeck, tables } = await project()
    expect(await limbeck('upgrade', '--plan')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        'upgrade a1, Message of a1 (migrations/a1_message.sql)',
        'upgrade b1 (non-transactional), Message of b1 (migrations/b1_x.sql)',
        'upgrade c1 (irreversible), Message of c1 (migrations/c1_x.sql)',
        'Would upgrade to c1 in 3 steps; nothing was run.',
        '',
      ].join('\n'),
    })
    expect(await tables()).toBe(0)
  })

  test('lists a downgrade too, and says when there is nothing to do', async () => {
    const { limbeck, tables } = await project()
    await limbeck('upgrade', 'b1')
    const before = await tables()
    expect((await limbeck('downgrade', '-1', '--plan')).stdout).toBe(
      'downgrade b1 (non-transactional), Message of b1 (migrations/b1_x.sql)\nWould downgrade to a1 in 1 step; nothing was run.\n',
    )
    expect((await limbeck('upgrade', 'b1', '--plan')).stdout).toBe(
      'Nothing to upgrade: the database is at b1.\n',
    )
    expect(await tables()).toBe(before)
  })

  test('has everything in its JSON', async () => {
    const { cwd, limbeck } = await project()
    expect((await limbeck('upgrade', '+2', '--plan', '--json')).json()).toMatchObject({
      kind: 'plan',
      direction: 'upgrade',
      from: [],
      to: ['b1'],
      applied: [
        { revision: 'a1', transactional: true, irreversible: null },
        { revision: 'b1', transactional: false, file: join(cwd, 'migrations/b1_x.sql') },
      ],
    })
  })
})

describe('--rehearse', () => {
  test('runs everything and rolls it back', async () => {
    const { limbeck, tables } = await project()
    expect(await limbeck('upgrade', 'a1', '--rehearse')).toMatchObject({
      code: 0,
      stderr: '',
      stdout:
        'upgrade a1, Message of a1 (migrations/a1_message.sql)\nRehearsed 1 step to a1 and rolled back: the database is at base.\n',
    })
    expect(await tables()).toBe(0)
  })

  test('runs a downgrade and rolls it back, too', async () => {
    const { limbeck, tables } = await project()
    await limbeck('upgrade', 'a1')
    const before = await tables()
    expect((await limbeck('downgrade', 'base', '--rehearse')).stdout).toContain(
      'Rehearsed 1 step to base and rolled back: the database is at a1.\n',
    )
    expect(await tables()).toBe(before)
  })
})
