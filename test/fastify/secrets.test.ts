import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import { expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { revisions } from './revisions.ts'

const password = 's3cret-pass'

/** Boots on a URL of which one part is wrong, and returns all that anybody gets to see of it. */
async function shown(change: (url: URL) => void): Promise<string> {
  const url = new URL((await createDatabase()).url)
  url.password = password
  change(url)
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const app = Fastify({ logger: { level: 'trace', stream } })
  onTestFinished(() => app.close())
  const migrations = await revisions('CREATE TABLE things (id int);')
  await app.register(limbeck, { url: url.href, migrations, connectTimeout: 300 })
  await app.ready()
  const error = await app.limbeck.ready.then(
    () => null,
    (thrown) => thrown,
  )
  expect(error?.code).toMatch(/^LIMBECK_/)
  const answers = await Promise.all(
    ['/health', '/health/ready', '/health/live', '/things'].map((path) => app.inject(path)),
  )
  return [
    ...lines,
    ...answers.map(({ body }) => body),
    JSON.stringify(error),
    String(error.stack),
    String(error.cause?.stack),
    JSON.stringify(error.cause),
  ].join('\n')
}

test.for<[string, (url: URL) => void]>([
  ['a password that is wrong', () => {}],
  [
    'a host that does not answer',
    (url) => Object.assign(url, { hostname: '127.0.0.1', port: '1' }),
  ],
  ['a host that does not exist', (url) => Object.assign(url, { hostname: 'nowhere.invalid' })],
  ['a database that is missing', (url) => Object.assign(url, { pathname: '/no_such_database' })],
  ['a user that is missing', (url) => Object.assign(url, { username: 'nobody_here' })],
])('%s: no log line, answer or error tells the password', async ([, change]) => {
  expect(await shown(change)).not.toContain(password)
})
