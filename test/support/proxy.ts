import { once } from 'node:events'
import net from 'node:net'

/** What a proxy is told of a message that the client sends; `index` counts from 0 over all connections. */
export interface Message {
  readonly index: number
  /** PostgreSQL's letter: `Q` a simple query, `S` the end of an extended one. */
  readonly type: string
  /** With everything that came before it and makes up one query with it. */
  readonly text: string
}

export interface ProxyOptions {
  /** Called before a message is passed on, which waits for what it promises. */
  readonly onMessage?: (message: Message) => unknown
  /** Called right after it was passed on. */
  readonly afterMessage?: (message: Message) => void
}

/** A TCP proxy before PostgreSQL that sees statements, and can fall silent without closing anything. */
export interface Proxy {
  readonly url: string
  /**
   * On the connections that are open nothing is passed on any more, or only the server's `answers` are not; `whole` goes
   * for new connections too.
   */
  silence(what: Silence): void
  close(): Promise<void>
}

export type Silence = 'all' | 'answers' | 'whole'

export async function startProxy(
  target: string,
  { onMessage, afterMessage }: ProxyOptions = {},
): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<net.Socket>()
  const state = { closing: false, whole: false, messages: 0 }
  const links = new Set<{ silent: boolean; mute: boolean }>()
  const keep = (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const server = net.createServer((given) => {
    const client = keep(given)
    const upstream = keep(net.connect({ host: hostname, port: Number(port || 5432) }))
    const link = { silent: state.whole, mute: state.whole }
    links.add(link)
    const end = (other: net.Socket) => () => {
      if (!link.mute || state.closing) other.destroy()
    }
    client.on('close', end(upstream))
    upstream.on('close', end(client))
    upstream.on('data', (chunk) => link.mute || client.write(chunk))
    const split = splitMessages()
    let parts = ''
    let passed: Promise<void> | undefined
    const pass = async (messages: ReturnType<typeof split>) => {
      for (const { bytes, type } of messages) {
        const counted = type === 'Q' || type === 'S'
        parts += bytes.subarray(5).toString()
        const message = { index: state.messages, type, text: parts }
        if (counted) {
          state.messages += 1
          parts = ''
          const held = onMessage?.(message)
          if (held instanceof Promise) await held
        }
        if (link.silent || client.destroyed) return
        upstream.write(bytes)
        if (counted) afterMessage?.(message)
      }
    }
    client.on('data', (chunk) => {
      if (link.silent) return
      const messages = split(chunk)
      // Behind one that is held the others wait as well.
      passed = passed === undefined ? pass(messages) : passed.then(() => pass(messages))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)
  return {
    url: url.href,
    silence: (what) => {
      state.whole ||= what === 'whole'
      for (const link of links) Object.assign(link, { mute: true, silent: what !== 'answers' })
    },
    close: async () => {
      state.closing = true
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Cuts what a client sends into protocol messages; the first has no letter. */
function splitMessages(): (chunk: Buffer) => readonly { bytes: Buffer; type: string }[] {
  let rest = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages = []
    for (;;) {
      const head = started ? 1 : 0
      if (rest.length < head + 4) return messages
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return messages
      const bytes = rest.subarray(0, length)
      // A request for TLS comes before the start itself.
      const isStart = !started && bytes.readInt32BE(4) !== 80877103
      messages.push({ bytes, type: started ? String.fromCharCode(bytes[0] ?? 0) : '' })
      rest = rest.subarray(length)
      started ||= isStart
    }
  }
}
