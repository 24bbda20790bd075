import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { onTestFinished } from 'vitest'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const hasBrowser: boolean = existsSync(executablePath)

/** Said beside the name of a test that is not run. */
export const whyNoBrowser = hasBrowser ? '' : ' (skipped: no Chromium; set CHROMIUM to its path)'

/** A browser that asks nobody but the page, for as long as the test runs. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    // A browser that was never started here is read from the disk first.
    timeout: 100_000,
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
  return browser
}
