import { drizzle } from 'drizzle-orm/postgres-js'
import { createMigrator } from 'limbeck'
import { matchers, useTestDatabase } from 'limbeck/testing'
import postgres from 'postgres'
import * as hooks from 'vitest'
import config from './limbeck.config.mjs'
import { notes } from './schema.js'

const { expect, test } = hooks
expect.extend(matchers)
const database = useTestDatabase(hooks, config)

test.each([1, 2])('test %i has a database of its own', async () => {
  const client = postgres(database().url)
  const db = drizzle(client)
  await db.insert(notes).values({ text: 'mine' })
  expect(await db.$count(notes)).toBe(1)
  await client.end()
})

test('models and revisions agree', async () => {
  const migrator = createMigrator({ ...config, url: database().url })
  expect(await migrator.check()).toAgree()
})
