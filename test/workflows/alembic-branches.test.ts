import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Project } from './project.ts'
import { accounts } from './tutorial-project.ts'

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

  test('two branches are merged', async () => {
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

  test('a label names its branch', async () => {
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

  test('a branch may depend on a revision of another', async () => {
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
