import { expect, test } from 'vitest'
import { kill } from '../soak/kill.ts'
import { inCi } from './in-ci.ts'

test('after kill -9 at any statement the next boot ends where nothing was killed', async () => {
  expect((await inCi(kill)).unexplained).toEqual([])
})
