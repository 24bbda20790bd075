import { expect, test } from 'vitest'
import { failover } from '../soak/failover.ts'
import { inCi } from './in-ci.ts'

test('after a failover in the middle of a run the next boot goes on with the same URL, the standby first in it', async () => {
  const { unexplained } = await inCi(failover)
  expect(unexplained).toEqual([])
})
