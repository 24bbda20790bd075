import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const hasBrowser: boolean = existsSync(executablePath)

/** Said beside the name of a test that is not run. */
export const whyNoBrowser = hasBrowser ? '' : ' (skipped: no Chromium; set CHROMIUM to its path)'

/** On a busy machine Chromium alone takes a minute. */
const timeout = 200_000

/** A page of a browser that asks nobody but the page, for as long as the test runs. */
export async function openPage(): Promise<Page> {
  const browser = await chromium.launch({
    executablePath,
    timeout,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  page.setDefaultTimeout(timeout)
  return page
}
