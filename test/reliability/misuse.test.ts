import { expect, test } from 'vitest'
import { misuse } from '../soak/misuse.ts'
import { inCi } from './in-ci.ts'

test('files, rows and names that were tampered with are refused by a code, and nothing is executed', async () => {
  expect((await inCi(misuse)).unexplained).toEqual([])
})
