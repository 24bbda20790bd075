import { once } from 'node:events'
import net from 'node:net'
import { messageReader, readyForQuery } from './wire.ts'

/** A way to the server that is as long as one likes, and counted. */
export interface CountingProxy {
  /** The URL of a database of that server, as it is reached through the proxy. */
  through(url: string): string
  /** Round trips since the last call. Connecting, up to the server's first "ready", is none. */
  takeRoundTrips(): number
  stop(): Promise<void>
}

/**
 * Starts a proxy that adds `delayMs` to every round trip. A round trip is a burst of the client that is answered: what
 * the client sends before it hears anything new belongs to one burst, so counting wants some delay.
 */
export async function startProxy(url: string, delayMs: number): Promise<CountingProxy> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<net.Socket>()
  let roundTrips = 0
  const proxy = net.createServer((client) => {
    const server = net.connect(Number(port || 5432), hostname)
    for (const socket of [client, server]) sockets.add(socket.setNoDelay(true))
    join(client, server, delayMs, () => roundTrips++)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port: ownPort } = proxy.address() as net.AddressInfo
  return {
    through: (database) => Object.assign(new URL(database), { host: `127.0.0.1:${ownPort}` }).href,
    takeRoundTrips: () => {
      const taken = roundTrips
      roundTrips = 0
      return taken
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

/** All of the delay is on the way to the server: the client cannot tell. */
function join(client: net.Socket, server: net.Socket, delayMs: number, onRoundTrip: () => void) {
  const later = delayLine(delayMs)
  let isStarted = false
  let isAsking = false
  const read = messageReader((type) => {
    isStarted ||= type === readyForQuery
  })
  client.on('data', (chunk) => {
    isAsking = isStarted
    later(() => server.write(chunk))
  })
  server.on('data', (chunk: Buffer) => {
    if (isAsking) onRoundTrip()
    isAsking = false
    if (!isStarted) read(chunk)
    client.write(chunk)
  })
  client.on('end', () => later(() => server.end()))
  server.on('end', () => client.end())
  client.on('error', () => server.destroy())
  server.on('error', () => client.destroy())
}

/** Does things in order, each `ms` after it was asked for; exact to a tenth, which a timer is not. */
function delayLine(ms: number): (action: () => void) => void {
  if (ms === 0) return (action) => action()
  const queue: { readonly due: number; readonly action: () => void }[] = []
  const wait = () => {
    const left = (queue[0]?.due ?? 0) - performance.now()
    if (left > 2.5) setTimeout(pump, left - 2)
    else setImmediate(pump)
  }
  const pump = () => {
    while (queue[0] && queue[0].due <= performance.now()) queue.shift()?.action()
    if (queue.length > 0) wait()
  }
  return (action) => {
    queue.push({ due: performance.now() + ms, action })
    if (queue.length === 1) wait()
  }
}
