import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startProject } from './project.ts'
import { accounts } from './tutorial-project.ts'

describe('the tutorial', () => {
  test('the migration environment', async () => {
    const { cwd, type } = await startProject()
    expect(await type('limbeck init alembic')).toContain('created  limbeck.config.ts\n')
    expect(readdirSync(cwd).sort()).toEqual(['alembic', 'limbeck.config.ts'])
  })

  test('create a migration script, and run it', async () => {
    const { cwd, type, fill, tables, rows } = await startProject()
    await type('limbeck init alembic')
    expect(await type('limbeck revision -m "create account table"')).toMatch(
      /^Wrote alembic\/[0-9a-f]{12}_create_account_table\.sql\n/,
    )
    const [file = ''] = readdirSync(join(cwd, 'alembic')).filter((name) => name.endsWith('.sql'))
    expect(readFileSync(join(cwd, 'alembic', file), 'utf8')).toMatch(/^-- create account table\n/)
    const id = file.slice(0, 12)
    fill(id, 'CREATE TABLE account (id int);', 'DROP TABLE account;')
    expect(await type('limbeck upgrade head')).toContain(`upgrade ${id}, create account table`)
    expect(await tables()).toEqual(['account'])
    expect(await rows()).toEqual([id])
    expect(await type('limbeck upgrade head')).toMatch(/^Nothing to upgrade: /)
  })

  test('the second migration, partial identifiers and relative ones', async () => {
    const { type, query, rows } = await accounts()
    expect(await type('limbeck upgrade +1')).toContain('upgrade 1975ea83b712')
    expect(await type('limbeck upgrade ae1')).toContain('Upgraded to ae1027a6acf.')
    const columns =
      "SELECT count(*)::int AS columns FROM information_schema.columns WHERE table_name = 'account'"
    expect(await query(columns)).toEqual([{ columns: 4 }])
    await type('limbeck downgrade -1')
    expect(await query(columns)).toEqual([{ columns: 3 }])
    await type('limbeck downgrade base')
    await type('limbeck upgrade +2')
    expect(await rows()).toEqual(['ae1027a6acf'])
    await type('limbeck downgrade -1')
    expect(await rows()).toEqual(['1975ea83b712'])
    await type('limbeck revision -m "third" --rev-id 3f00')
    await type('limbeck revision -m "fourth" --rev-id 4f00')
    await type('limbeck upgrade ae10+2')
    expect(await rows()).toEqual(['4f00'])
    await type('limbeck downgrade 4f-3')
    expect(await rows()).toEqual(['1975ea83b712'])
  })

  test('current, history and show say where the database is', async () => {
    const { cwd, type } = await accounts()
    await type('limbeck upgrade head')
    expect(await type('limbeck current')).toBe('ae1027a6acf (head) (current)\n')
    const file = (id: string, slug: string) => `Path: ${join(cwd, 'alembic', `${id}_${slug}.sql`)}`
    const history = await type('limbeck history --verbose')
    expect(history.split('\n').filter((line) => !line.startsWith('Created'))).toEqual([
      'Rev: ae1027a6acf (head)',
      'Parent: 1975ea83b712',
      file('ae1027a6acf', 'add_a_column'),
      '',
      '    Add a column',
      '',
      'Rev: 1975ea83b712',
      'Parent: <base>',
      file('1975ea83b712', 'create_account_table'),
      '',
      '    create account table',
      '',
    ])
  })

  test('history takes ranges as Alembic does', async () => {
    const { type } = await accounts()
    await type('limbeck upgrade head')
    const both =
      '1975ea83b712 -> ae1027a6acf (head), Add a column\n<base> -> 1975ea83b712, create account table\n'
    expect(await type('limbeck history')).toBe(both)
    expect(await type('limbeck history -r1975ea:ae1027')).toBe(both)
    expect(await type('limbeck history -r1975ea:')).toBe(both)
    expect(await type('limbeck history -r-1:current')).toBe(both)
    expect(await type('limbeck history -ir-1:current')).toContain('(head) (current)')
    expect(await type('limbeck history -r:1975ea')).toBe(
      '<base> -> 1975ea83b712, create account table\n',
    )
    expect(await type('limbeck history -i')).toContain('(head) (current)')
  })

  test('downgrading to the beginning, and back', async () => {
    const { type, rows, tables } = await accounts()
    await type('limbeck upgrade head')
    await type('limbeck downgrade base')
    expect([await rows(), await tables()]).toEqual([[], []])
    expect(await type('limbeck current')).toBe('')
    await type('limbeck upgrade head')
    expect(await tables()).toEqual(['account'])
  })

  test('--sql prints what an upgrade would run', async () => {
    const { type, query, rows } = await accounts()
    const script = await type('limbeck upgrade ae1027a6acf --sql')
    await query(script)
    expect(await rows()).toEqual(['ae1027a6acf'])
    await query(await type('limbeck downgrade ae1027a6acf:1975ea83b712 --sql'))
    expect(await rows()).toEqual(['1975ea83b712'])
    await query(await type('limbeck upgrade 1975ea83b712:ae1027a6acf --sql'))
    expect(await rows()).toEqual(['ae1027a6acf'])
  })

  test('stamping, and checking for heads', async () => {
    const { type, fail, rows, tables } = await accounts()
    await type('limbeck stamp 1975ea')
    expect(await fail('limbeck current --check-heads')).toMatch(
      /^LIMBECK_NOT_AT_HEAD: .*1 revision is pending/,
    )
    await type('limbeck stamp head')
    expect(await type('limbeck current --check-heads')).toBe('ae1027a6acf (head) (current)\n')
    expect([await rows(), await tables()]).toEqual([['ae1027a6acf'], []])
    await type('limbeck stamp --purge base')
    expect(await rows()).toEqual([])
  })
})
