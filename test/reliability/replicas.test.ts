import { expect, test } from 'vitest'
import { replicas } from '../soak/replicas.ts'
import { inCi } from './in-ci.ts'

test('of processes that boot at once one migrates, the others wait, and every revision is applied once', async () => {
  expect((await inCi(replicas)).unexplained).toEqual([])
})
