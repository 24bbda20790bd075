import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { revisions } from './revisions.ts'

// A boot that nobody awaits, in a process of its own: what Node prints by itself would show on stderr.
const script = (options: object) => `
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
const app = Fastify({ logger: true })
app.register(limbeck, ${JSON.stringify(options)})
await app.ready()
while (app.limbeck.status().status === 'starting') await new Promise((go) => setTimeout(go, 20))
await app.close()`

test.each(['stay', 'close', 'exit'] as const)(
  'a failed boot is one line of the log with its stack, and nothing beside it (onFailure: %s)',
  async (onFailure) => {
    const { url } = await createDatabase()
    const options = { url, migrations: await revisions('SELECT 1/0;'), onFailure }
    const args = ['--input-type=module', '--eval', script(options)]
    const run = promisify(execFile)('node', args)
    const { stdout, stderr } = await run.catch((error) => error)
    expect(stderr).toBe('')
    const lines: { readonly err?: { readonly code?: string; readonly stack?: string } }[] = stdout
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
    const told = lines.filter(({ err }) => err !== undefined)
    expect(told).toMatchObject([
      { err: { code: 'LIMBECK_STEP_FAILED', stack: expect.stringContaining('LimbeckError') } },
    ])
  },
)
