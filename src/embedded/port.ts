import { once } from 'node:events'
import { createServer } from 'node:net'
import { embeddedFailed } from './failure.ts'

/**
 * The port asked for, else the one of the last start, else a free one.
 * Throws when the port asked for is taken.
 */
export async function choosePort(asked: number, last: number | undefined): Promise<number> {
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
