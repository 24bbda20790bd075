import { expect, test } from 'vitest'
import { deploys } from '../soak/deploys.ts'
import { inCi } from './in-ci.ts'

test('every pair of database and policy after a rolled-back deploy ends as documented', async () => {
  expect((await inCi(deploys)).unexplained).toEqual([])
})
