import { expect, test } from 'vitest'
import { standby } from '../soak/standby.ts'
import { inCi } from './in-ci.ts'

test('on a hot standby verify and wait work, and upgrade says that it is read-only', async () => {
  expect((await inCi(standby)).unexplained).toEqual([])
})
