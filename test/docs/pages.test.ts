import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Block, frontMatter, pages, readBlocks } from '../support/pages.ts'
import { createReader, follow } from '../support/reader.ts'
import { stopServer } from '../support/reader-shell.ts'
import { createShop, type Shop, typeCheck } from '../support/shop.ts'

let shop: Awaited<ReturnType<typeof createShop>>

beforeAll(async () => {
  shop = await createShop()
})
afterAll(() => shop?.remove())

test('every block of every page says how it is covered', () => {
  const blocks = pages.flatMap((page) => readBlocks(page).map((block) => ({ ...block, page })))
  expect(blocks.length).toBeGreaterThan(60)
  const silent = blocks.filter(({ marker }) => marker === undefined)
  expect(silent.map(({ page, line }) => `${page}:${line}`)).toEqual([])
})

const withBlocks = pages.filter((page) => readBlocks(page).length > 0)

test.for(withBlocks)(
  'all that %s shows runs as it stands, from the first block to the last',
  async (page) => {
    const project = frontMatter(page, 'project') ?? (page === 'README.md' ? 'none' : 'empty')
    const blocks = readBlocks(page)
    await followAll(page, blocks, project, shop)
  },
)

async function followAll(page: string, blocks: readonly Block[], project: string, shared: Shop) {
  const reader = await createReader(shared, project)
  onTestFinished(() => stopServer(reader))
  for (const block of blocks) {
    try {
      await follow(reader, block)
    } catch (error) {
      throw new Error(`${page}:${block.line}: ${(error as Error).message}`, { cause: error })
    }
  }
  const isTyped = blocks.some(({ marker = '' }) => /^file .*\.ts/.test(marker))
  if (isTyped) expect(await typeCheck(path.join(reader.folder, 'shop'))).toBe('')
}
