import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openPage, whyNoBrowser } from '../support/browser.ts'
import { until } from '../support/until.ts'

const isInstalled = existsSync('docs/node_modules/vitepress')
const why = isInstalled ? whyNoBrowser : ' (skipped: run npm ci --prefix docs)'

/** What people search with, and the page that answers: one of the first results has to be it. */
const questions: Readonly<Record<string, string>> = {
  'how do I roll back a drizzle migration': '/tasks/undo',
  'CREATE INDEX CONCURRENTLY drizzle': '/tasks/large-tables',
  'run migrations on startup kubernetes several replicas': '/deploy/kubernetes',
  'drizzle migration skipped': '/tasks/skipped',
  'NOT NULL on a big table': '/tasks/large-tables',
  'squash migrations': '/tasks/squash',
  'pgvector create extension drizzle': '/tasks/extensions',
  'tests with a migrated database': '/tasks/testing',
  'seed roles': '/tasks/seeds',
  'database ahead of code': '/tasks/undo',
}
const dropped = `// dropped
export const revision = 'd20000000001'
export const downRevision = null
export async function upgrade() {}
export async function downgrade() {}
`
const words = [
  '_journal.json',
  'rollback',
  'seed',
  'squash',
  'monorepo',
  'pgvector',
  'bundler',
  'TLS',
  'testing',
]

describe.skipIf(!isInstalled || !hasBrowser)(`the site in a browser${why}`, () => {
  let folder = ''
  let server: Server
  let origin = ''

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'limbeck-site-'))
    await build(folder)
    server = createServer(async ({ url = '/' }, answer) => {
      const { pathname } = new URL(url, 'http://site')
      const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index` : pathname)
      const found = existsSync(file) && path.extname(file) !== '' ? file : `${file}.html`
      const body = await readFile(found).catch(() => null)
      answer.writeHead(body === null ? 404 : 200, { 'content-type': typeOf(found) }).end(body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('its search finds every word that people search with', async () => {
    const { page } = await open('/')
    const found = new Map<string, readonly string[]>()
    for (const word of words) found.set(word, await search(page, word))
    for (const word of words) expect(found.get(word), word).not.toEqual([])
  })

  test.for(Object.entries(questions))(
    'one search for "%s" leads to %s',
    async ([question, answer]) => {
      const { page } = await open('/')
      const results = await search(page, question)
      expect(results.slice(0, 5).map((result) => result.replace(/#.*/, ''))).toContain(answer)
    },
  )

  test('the playground draws files, plans with them and sends nothing anywhere', async () => {
    const { page, requests, errors } = await open('/understand/playground')
    const shown = (name: string) => page.locator(`[data-test=${name}]`)
    await shown('graph').locator('svg').waitFor()
    expect(await shown('heads').textContent()).toBe('aaaa11112222, bbbb11112222')
    expect(await shown('plan').first().textContent()).toBe(
      'upgrade bbbb11112222, add price\nupgrade aaaa11112222, add note',
    )
    expect(await shown('plan').last().textContent()).toBe('downgrade 1897ab222320, create orders')
    const before = requests.length

    const secret =
      '-- only here\n--\n-- revision: 5ec4e7000001\n-- revises:\n\n-- +upgrade\nSELECT 1;\n'
    await shown('files').fill(secret)
    await shown('rows').fill('')
    await shown('graph').getByText('5ec4e7000001').waitFor()
    expect(await shown('plan').first().textContent()).toBe('upgrade 5ec4e7000001, only here')
    expect(await shown('plan').last().textContent()).toContain('LIMBECK_')

    await shown('files').fill(secret.replace('revises:', 'revises: 999999999999'))
    await shown('error').getByText('LIMBECK_MISSING_PARENT').waitFor()

    // The types of a browser are not those of a test.
    await page.evaluate(`{
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(dropped)}], 'd20000000001_dropped.ts'))
      document
        .querySelector('[data-test=files]')
        .dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    }`)
    const files = () => shown('files').inputValue()
    // The page reads a dropped file in its own time; to type before that would be to overwrite it.
    await until(async () => (await files()).includes('d20000000001'))
    await shown('files').fill((await files()).replace('999999999999', 'd20000000001'))
    await shown('heads').getByText('5ec4e7000001').waitFor()
    expect(await shown('plan').first().textContent()).toBe(
      'upgrade d20000000001, dropped\nupgrade 5ec4e7000001, only here',
    )
    // What the site itself may still load is its own scripts.
    expect(requests.slice(before).filter((url) => !url.startsWith(`${origin}/assets/`))).toEqual([])
    expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual(
      [],
    )
    expect(errors).toEqual([])
  })

  test('every page is there as Markdown too, and llms.txt lists them', async () => {
    const list = await (await fetch(`${origin}/llms.txt`)).text()
    const links = [...list.matchAll(/\]\((\/\S+\.md)\)/g)].map(([, link]) => link)
    expect(links.length).toBeGreaterThan(40)
    for (const link of links) expect((await fetch(`${origin}${link}`)).status, link).toBe(200)
  })

  async function open(where: string) {
    const page = await openPage()
    const requests: string[] = []
    const errors: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${origin}${where}`)
    // A page shows its buttons before anybody listens to them.
    await page.waitForFunction('document.querySelector("#app").__vue_app__ !== undefined')
    return { page, requests, errors }
  }
})

/** The pages found, best first. */
async function search(page: Page, text: string): Promise<readonly string[]> {
  const box = page.locator('#localsearch-input')
  const results = page.locator('.VPLocalSearchBox a.result')
  if (!(await box.isVisible())) await page.locator('#local-search button').first().click()
  await box.fill('')
  await results.first().waitFor({ state: 'detached' })
  await box.fill(text)
  // Until its index has been loaded, the page says that there are none.
  await results.first().waitFor()
  const links = await results.evaluateAll((all) =>
    all.map((each) => each.getAttribute('href') ?? ''),
  )
  return links.map((link) => link.replace(/\.html/, ''))
}

async function build(folder: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ['docs/node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', folder],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data) => {
      printed += data
    })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(printed)
}

function typeOf(file: string): string {
  const types: Readonly<Record<string, string>> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  }
  return types[path.extname(file)] ?? 'text/plain'
}
