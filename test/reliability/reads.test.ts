import { expect, test } from 'vitest'
import { reads } from '../soak/reads.ts'
import { inCi } from './in-ci.ts'

test('reads go on while a revision waits for a table, and the log names who is in the way', async () => {
  expect((await inCi(reads)).unexplained).toEqual([])
})
