import { expect, test } from 'vitest'
import { hasBrowser, openPage, whyNoBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/postgres.ts'
import { serving, startService, workFolder } from './process.ts'

test.skipIf(!hasBrowser)(
  `a browser sees the routes on the OpenAPI page and calls one of them${whyNoBrowser}`,
  async () => {
    const { url } = await createDatabase()
    const service = await startService(await workFolder(), { DATABASE_URL: url })
    await service.line(serving)
    const page = await openPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${service.origin}/docs`)
    await page.getByText('/data-products', { exact: true }).first().waitFor()
    await page.locator('.opblock').nth(6).waitFor()
    const roles = page.locator('.opblock', { hasText: '/roles' }).first()
    await roles.click()
    await roles.getByRole('button', { name: 'Try it out' }).click()
    await roles.getByRole('button', { name: 'Execute' }).click()
    await roles.getByText('May read the data product and build upon it').first().waitFor()
    expect(errors).toEqual([])
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
  },
)
