import { expect, test } from 'vitest'
import { failure } from '../support/revisions.ts'
import { makeSchemas, outcomes, project } from './fleet-project.ts'

test.each([
  [{}, 'nothing says'],
  [{ schemas: ['a'], databases: ['b'] }, 'schemas and databases'],
  [{ schemas: ['x'.repeat(64)] }, 'schemas'],
  [{ urls: ['mysql://localhost/db'] }, 'urls'],
  [{ schemas: 'SELECT 1' }, 'returned 1'],
  [{ schemas: ['a'], concurrency: 0 }, 'concurrency'],
])('%j is refused as a whole', async (options, message) => {
  const { migrator } = await project()
  const error = await failure(migrator().fleet('heads', options))
  expect(error).toMatchObject({ code: 'LIMBECK_INVALID_OPTION' })
  expect(error.message).toContain(message)
})

test('a target that depends on where each member is is refused', async () => {
  const { migrator } = await project()
  const error = await failure(migrator().fleet('+1', { schemas: ['public'] }))
  expect(error.code).toBe('LIMBECK_INVALID_IDENTIFIER')
})

test('the configured fleet is the default, and a list of the call replaces it', async () => {
  const given = await project()
  await makeSchemas(given, ['one', 'two'])
  const { fleet } = given.migrator({ fleet: { schemas: ['one'], concurrency: 1 } })
  expect(outcomes(await fleet())).toEqual({ one: 'upgraded' })
  expect(outcomes(await fleet('heads', { schemas: ['two'] }))).toEqual({ two: 'upgraded' })
})
