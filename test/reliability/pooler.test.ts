import { expect, test } from 'vitest'
import { pooler } from '../soak/pooler.ts'
import { inCi } from './in-ci.ts'

test('behind PgBouncer what needs a lock is refused before anything is changed', async () => {
  expect((await inCi(pooler)).unexplained).toEqual([])
})
