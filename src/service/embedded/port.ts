import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * The port asked for, else the one of the last start, else a free one.
 * Throws when the port asked for is taken.
 */
export async function choosePort(asked: number, last: number | undefined): Promise<number> {
  if (asked !== 0) {
    if (await listenOnce(asked)) return asked
    throw new Error(`EMBEDDED_PORT ${asked} is in use: choose another, or 0 for any free port`)
  }
  const port = (last && (await listenOnce(last))) || (await listenOnce(0))
  if (!port) throw new Error('no free port on 127.0.0.1 for the embedded PostgreSQL')
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
