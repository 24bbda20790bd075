import { expect, test } from 'vitest'
import { pooledKill } from '../soak/pooled-kill.ts'
import { inCi } from './in-ci.ts'

test('kill -9 behind PgBouncer in either mode: each step runs once, and no lock is left on a shared backend', async () => {
  const { unexplained } = await inCi(pooledKill)
  expect(unexplained).toEqual([])
})
