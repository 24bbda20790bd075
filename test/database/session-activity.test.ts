import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import {
  type AskElsewhere,
  endSession,
  readActivity,
} from '../../src/database/driver/session-activity.ts'
import { failure } from '../support/revisions.ts'

const askAt =
  (url: string): AskElsewhere =>
  (statement) =>
    withConnection(
      { url, applicationName: 'limbeck test', connectTimeoutMs: 0 },
      statement,
      async ({ greeting, announcedPid }) => ({ answer: greeting, announcedPid: announcedPid() }),
    )

const { href } = new URL(inject('serverUrl'))
const other = (change: Partial<URL>) => Object.assign(new URL(href), change).href
const target = { url: href, applicationName: 'limbeck test', connectTimeoutMs: 0 }

test('a session is idle, busy or gone, and can be ended from elsewhere', async () => {
  await withConnection(target, 'SELECT 1', async ({ announcedPid, query }) => {
    const pid = announcedPid()
    const ask = askAt(href)
    expect(await readActivity(pid, ask)).toBeTypeOf('number')
    const sleeping = failure(query('SELECT pg_sleep(60)'))
    while ((await readActivity(pid, ask)) !== 'busy');
    await endSession(pid, ask)
    expect((await sleeping).code).toMatch(/^(?:LIMBECK_CONNECTION_LOST|57P01)$/)
    while ((await readActivity(pid, ask)) !== 'gone');
  })
})

test('a server that refuses the question is within reach, and tells nothing', async () => {
  expect(await readActivity(1, askAt(other({ pathname: '/no_such_database' })))).toBe('unknown')
})

test('a server that does not answer is out of reach', async () => {
  await expect(readActivity(1, askAt(other({ port: '1' })))).rejects.toMatchObject({
    code: 'LIMBECK_CONNECTION_FAILED',
  })
})
