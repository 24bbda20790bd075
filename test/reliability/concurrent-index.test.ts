import { expect, test } from 'vitest'
import { concurrentIndex } from '../soak/concurrent-index.ts'
import { inCi } from './in-ci.ts'

test('no process that waits holds a concurrent index build up', async () => {
  expect((await inCi(concurrentIndex)).unexplained).toEqual([])
})
