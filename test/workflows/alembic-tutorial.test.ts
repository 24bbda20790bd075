import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Project, startProject } from './project.ts'

// Alembic's own chapters with `limbeck` in place of `alembic`; --rev-id only makes the ids those of its text.

/** The environment and the two revisions of the tutorial. */
async function accounts(more?: string): Promise<Project> {
  const project = await startProject()
  await project.type('limbeck init alembic')
  if (more !== undefined) addFolder(project.cwd, more)
  const versionPath = more === undefined ? '' : ' --version-path=alembic'
  await project.type(
    `limbeck revision -m "create account table" --rev-id 1975ea83b712${versionPath}`,
  )
  project.fill(
    '1975ea83b712',
    'CREATE TABLE account (id serial PRIMARY KEY, name varchar(50) NOT NULL, description varchar(200));',
    'DROP TABLE account;',
  )
  await project.type('limbeck revision -m "Add a column" --rev-id ae1027a6acf')
  project.fill(
    'ae1027a6acf',
    'ALTER TABLE account ADD COLUMN last_transaction_date timestamp;',
    'ALTER TABLE account DROP COLUMN last_transaction_date;',
  )
  return project
}

function addFolder(cwd: string, folder: string): void {
  mkdirSync(join(cwd, folder), { recursive: true })
  writeFileSync(
    join(cwd, 'limbeck.config.ts'),
    `export default { migrations: ['${folder}', 'alembic'] }\n`,
  )
}

/** The second developer's revision of the branches chapter. */
async function carts(more?: string): Promise<Project> {
  const project = await accounts(more)
  await project.type(
    'limbeck revision -m "add shopping cart table" --head=1975ea83b712 --splice --rev-id 27c6a30d7c24',
  )
  project.fill(
    '27c6a30d7c24',
    'CREATE TABLE shopping_cart (id serial PRIMARY KEY);',
    'DROP TABLE shopping_cart;',
  )
  return project
}

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

  test('getting information', async () => {
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

  test('history ranges', async () => {
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

  test('offline mode', async () => {
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

describe('working with branches', () => {
  test('two heads are seen, and head alone is refused', async () => {
    const { type, fail, rows } = await carts()
    expect(await type('limbeck heads')).toBe('27c6a30d7c24 (head)\nae1027a6acf (head)\n')
    expect(await type('limbeck branches --verbose')).toMatch(
      /^Rev: 1975ea83b712 \(branchpoint\)\n[\s\S]*Branches into: 27c6a30d7c24, ae1027a6acf\n[\s\S]* -> ae1027a6acf \(head\)\n$/,
    )
    expect(await fail('limbeck upgrade head')).toMatch(
      /^LIMBECK_MULTIPLE_HEADS: .*\n {2}hint: .*limbeck merge heads/,
    )
    expect(await fail('limbeck revision -m "more"')).toMatch(/^LIMBECK_MULTIPLE_HEADS: /)
    await type('limbeck upgrade heads')
    expect(await rows()).toEqual(['27c6a30d7c24', 'ae1027a6acf'])
    expect(await type('limbeck current')).toBe(
      '27c6a30d7c24 (head) (current)\nae1027a6acf (head) (current)\n',
    )
  })

  test('merging', async () => {
    const { type, rows, tables } = await carts()
    await type('limbeck merge -m "merge ae1 and 27c" ae1027 27c6a --rev-id 53fffde5ad5')
    expect(await type('limbeck heads')).toBe('53fffde5ad5 (head) (mergepoint)\n')
    expect(await type('limbeck history')).toMatch(
      /^\* ae1027a6acf, 27c6a30d7c24 -> 53fffde5ad5 \(head\) \(mergepoint\), merge ae1 and 27c\n/,
    )
    await type('limbeck upgrade head')
    expect(await rows()).toEqual(['53fffde5ad5'])
    await type('limbeck downgrade 1975ea')
    expect([await rows(), await tables()]).toEqual([['1975ea83b712'], ['account']])
  })

  test('explicit branches: id@head and merge heads', async () => {
    const { type, rows } = await carts()
    await type('limbeck upgrade 27c6a@head')
    expect(await rows()).toEqual(['27c6a30d7c24'])
    await type('limbeck upgrade ae10@head')
    await type('limbeck merge heads -m "merge all" --rev-id 53fffde5ad5')
    await type('limbeck upgrade 53ff')
    expect(await rows()).toEqual(['53fffde5ad5'])
  })

  test('branch labels', async () => {
    const { type, rows } = await accounts()
    await type(
      'limbeck revision -m "add shopping cart table" --head=1975ea --splice --branch-label=shoppingcart --rev-id 27c6a30d7c24',
    )
    await type(
      'limbeck revision -m "add a shopping cart column" --head=shoppingcart@head --rev-id d747a8a8879',
    )
    expect(await type('limbeck heads')).toBe(
      'ae1027a6acf (head)\nd747a8a8879 (shoppingcart) (head)\n',
    )
    await type('limbeck upgrade shoppingcart@heads')
    expect(await rows()).toEqual(['d747a8a8879'])
    await type('limbeck downgrade shoppingcart@-1')
    expect(await rows()).toEqual(['27c6a30d7c24'])
    await type('limbeck upgrade shoppingcart@+1')
    expect(await rows()).toEqual(['d747a8a8879'])
    expect((await type('limbeck history -r shoppingcart:')).split('\n')).toHaveLength(3)
    expect((await type('limbeck history -r :shoppingcart@head')).split('\n')).toHaveLength(4)
    expect(await type('limbeck show shoppingcart@head')).toContain('Rev: d747a8a8879 (head)')
  })
})

describe('working with multiple bases', () => {
  /** With an empty folder for the networking branch. */
  async function networking(): Promise<Project> {
    const project = await carts('model/networking')
    await project.type('limbeck merge -m "merge ae1 and 27c" ae1027 27c6a --rev-id 53fffde5ad5')
    return project
  }

  test('a labelled base in its own folder', async () => {
    const { cwd, type, fail, rows } = await networking()
    expect(await fail('limbeck revision -m "no folder" --head=base')).toContain('--version-path')
    expect(await fail('limbeck revision -m "x" --head=base --version-path=model')).toContain(
      'not one of the configured revision folders',
    )
    await type(
      'limbeck revision -m "create networking branch" --head=base --branch-label=networking --version-path=model/networking --rev-id 3cac04ae8714',
    )
    await type(
      'limbeck revision -m "add ip number table" --head=networking@head --rev-id 109ec7d132bf',
    )
    await type('limbeck revision -m "add DNS table" --head=networking@head --rev-id 29f859a13ea')
    expect(readdirSync(join(cwd, 'model/networking')).sort()).toEqual([
      '109ec7d132bf_add_ip_number_table.sql',
      '29f859a13ea_add_dns_table.sql',
      '3cac04ae8714_create_networking_branch.sql',
    ])
    expect(await type('limbeck heads')).toBe(
      '29f859a13ea (networking) (head)\n53fffde5ad5 (head) (mergepoint)\n',
    )
    await type('limbeck upgrade networking@head')
    expect(await rows()).toEqual(['29f859a13ea'])
    await type('limbeck upgrade heads')
    expect(await rows()).toEqual(['29f859a13ea', '53fffde5ad5'])
    await type('limbeck downgrade networking@base')
    expect(await rows()).toEqual(['53fffde5ad5'])
    expect((await type('limbeck history -r networking@base:')).trim().split('\n')).toHaveLength(3)
  })

  test('branch dependencies', async () => {
    const { type, rows } = await networking()
    await type(
      'limbeck revision -m "create networking branch" --head=base --branch-label=networking --version-path=model/networking --rev-id 3cac04ae8714',
    )
    await type(
      'limbeck revision -m "add another account column" --head=53fff --rev-id 55af2cb1c267',
    )
    await type(
      'limbeck revision -m "add ip account table" --head=networking@head --depends-on=55af2cb1c267 --rev-id 2a95102259be',
    )
    expect(await type('limbeck history -r networking:')).toContain(
      '3cac04ae8714 (55af2cb1c267) -> 2a95102259be (networking) (head), add ip account table',
    )
    expect(await type('limbeck heads')).toBe(
      '2a95102259be (networking) (head)\n55af2cb1c267 (effective head)\n',
    )
    expect(await type('limbeck heads --resolve-dependencies')).toBe(
      '2a95102259be (networking) (head)\n',
    )
    const upgraded = await type('limbeck upgrade networking@head')
    const at = (id: string) => upgraded.indexOf(`upgrade ${id}`)
    expect(at('1975ea83b712')).toBeGreaterThanOrEqual(0)
    expect(at('55af2cb1c267')).toBeLessThan(at('2a95102259be'))
    expect(await rows()).toEqual(['2a95102259be'])
    expect(await type('limbeck current')).toContain('2a95102259be (networking) (head) (current)\n')
    await type('limbeck downgrade networking@-1')
    expect(await rows()).toEqual(['3cac04ae8714', '55af2cb1c267'])
    await type('limbeck stamp heads')
    expect(await rows()).toEqual(['2a95102259be'])
  })
})
