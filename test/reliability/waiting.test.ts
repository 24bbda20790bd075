import { expect, test } from 'vitest'
import { network } from '../soak/network.ts'
import { outage } from '../soak/outage.ts'
import { stop } from '../soak/stop.ts'
import { inCi } from './in-ci.ts'

// They mostly wait: all at once.
test.concurrent.for([
  ['when the network falls silent no process hangs, and the next one takes over', network],
  [
    'when the server crashes, is late or full, processes end cleanly and the next boot heals',
    outage,
  ],
  ['a process that is told to stop ends in time and leaves nothing on the server', stop],
] as const)('%s', async ([, scenario]) => {
  expect((await inCi(scenario)).unexplained).toEqual([])
})
