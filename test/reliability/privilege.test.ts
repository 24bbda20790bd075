import { expect, test } from 'vitest'
import { privilege } from '../soak/privilege.ts'
import { inCi } from './in-ci.ts'

test('roles that may do no more than they must migrate, verify and serve', async () => {
  expect((await inCi(privilege)).unexplained).toEqual([])
})
