import assert from 'node:assert'
import * as hooks from 'node:test'
import { drizzle } from 'drizzle-orm/postgres-js'
import { createMigrator } from 'limbeck'
import { assertAgrees, useTestDatabase } from 'limbeck/testing'
import postgres from 'postgres'
import config from './limbeck.config.mjs'
import { notes } from './schema.js'

const database = useTestDatabase(hooks, config)

for (const name of ['one test', 'another test'])
  hooks.test(`${name} has a database of its own`, async () => {
    const client = postgres(database().url)
    const db = drizzle(client)
    await db.insert(notes).values({ text: 'mine' })
    assert.equal(await db.$count(notes), 1)
    await client.end()
  })

hooks.test('models and revisions agree', async () => {
  const migrator = createMigrator({ ...config, url: database().url })
  assertAgrees(await migrator.check())
})
