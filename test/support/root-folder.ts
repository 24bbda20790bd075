import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

/** A new empty folder; removed when the tests of the file are over, so that one may go on in it. */
export function rootFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'limbeck-test-'))
  folders.push(folder)
  return folder
}
