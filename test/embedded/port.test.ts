import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startOnPort } from '../../src/embedded/port.ts'

/** Listens as a server does, until the test is over. */
async function listen(port: number): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

test('a port that another process takes before the server has it is not insisted upon', async () => {
  const tried: number[] = []
  const port = await startOnPort({ asked: 0, last: 0 }, async (chosen) => {
    tried.push(chosen)
    // The first one is taken by somebody else.
    if (tried.length === 1) await listen(chosen)
    return await listen(chosen)
  })
  expect(tried).toEqual([expect.any(Number), port])
})

test('a server that does not start for another reason is tried once', async () => {
  const tried: number[] = []
  const starting = startOnPort({ asked: 0, last: 0 }, async (chosen) => {
    tried.push(chosen)
    throw new Error('no room')
  })
  await expect(starting).rejects.toThrow('no room')
  expect(tried).toHaveLength(1)
})

test('the port asked for is used or refused', async () => {
  const taken = await listen(0)
  const starting = startOnPort({ asked: taken, last: 0 }, async () => {})
  await expect(starting).rejects.toThrow(`port ${taken} is in use`)
})
