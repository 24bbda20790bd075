import { once } from 'node:events'
import { createServer } from 'node:net'
import { embeddedFailed } from './failure.ts'

/** 0: none in particular. */
interface Wanted {
  readonly asked: number
  readonly last: number
}

/**
 * Starts on the port asked for, else on the one of the last start, else on a free one; another process may take that before
 * the server has it, and the next is tried. Throws when the port asked for is taken.
 */
export async function startOnPort<T>(
  { asked, last }: Wanted,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let left = 3; ; left--) {
    const port = await choosePort(asked, last)
    try {
      return await start(port)
    } catch (error) {
      if (asked !== 0 || left === 0 || (await listenOnce(port))) throw error
    }
  }
}

async function choosePort(asked: number, last: number): Promise<number> {
  if (asked !== 0) {
    if (await listenOnce(asked)) return asked
    throw embeddedFailed(`port ${asked} is in use`, 'Choose another, or 0 for any free port.')
  }
  const port = (last && (await listenOnce(last))) || (await listenOnce(0))
  if (!port) throw embeddedFailed('there is no free port on 127.0.0.1', 'Use a server of your own.')
  return port
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  } catch {
    return undefined
  } finally {
    server.close()
  }
}
