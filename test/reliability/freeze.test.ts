import { expect, test } from 'vitest'
import { freeze } from '../soak/freeze.ts'
import { inCi } from './in-ci.ts'

test('a holder that is stopped and continued changes no row twice: another process has taken over', async () => {
  const { unexplained } = await inCi(freeze)
  expect(unexplained).toEqual([])
})
