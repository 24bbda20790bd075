import net from 'node:net'
import { LimbeckError } from '../../errors.ts'

/** What postgres.js has read out of the URL. */
interface Endpoint {
  readonly host: string[]
  readonly port: number[]
  readonly path?: string | false
}

/** A connection that is on its way before postgres.js asks for it. */
export interface Dialled {
  /** postgres.js's socket factory: gives the one socket. */
  readonly take: () => Promise<net.Socket>
  /** Begins to connect: a round trip sooner than postgres.js would, which thinks first. */
  readonly dial: (endpoint: Endpoint) => void
}

/**
 * A socket for postgres.js that connects once and never again: a session that silently came back on another backend
 * would have neither the lock nor the transaction of the one before. `take` throws LIMBECK_CONNECTION_LOST the second
 * time, and the system's error when no host answers within `timeoutMs`.
 */
export function oneSocket(timeoutMs: number, onSocket: (socket: net.Socket) => void): Dialled {
  let dialled: Promise<net.Socket> | undefined
  return {
    dial: (endpoint) => {
      dialled = open(endpoint, timeoutMs)
      dialled.catch(() => {})
    },
    take: async () => {
      const socket = await dialled
      dialled = undefined
      if (!socket) throw connectionLost()
      // From here on postgres.js listens; what went before it would not hear of.
      if (socket.destroyed) throw socket.errored ?? connectionLost()
      socket.removeAllListeners('error')
      onSocket(socket)
      return socket
    },
  }
}

function open(endpoint: Endpoint, timeoutMs: number): Promise<net.Socket> {
  const { path, port } = endpoint
  // postgres.js keeps quiet about a failure while it knows of further hosts; all of them are tried here.
  const hosts = endpoint.host.splice(0, Number.POSITIVE_INFINITY, endpoint.host[0] ?? 'localhost')
  return path ? connect({ path }, timeoutMs) : firstToAnswer(hosts, port, timeoutMs)
}

/** The error of every query after the session is gone. */
export function connectionLost(cause?: unknown): LimbeckError {
  return new LimbeckError(
    'LIMBECK_CONNECTION_LOST',
    'the connection to PostgreSQL was lost; what was not committed is rolled back',
    { cause, hint: 'Run the command (or boot) again: it goes on where this one stopped.' },
  )
}

async function firstToAnswer(hosts: string[], ports: number[], timeoutMs: number) {
  let failure: unknown
  for (const [index, host] of hosts.entries()) {
    try {
      return await connect({ host, port: ports[index] ?? 5432 }, timeoutMs)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function connect(target: net.NetConnectOpts, timeoutMs: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    // Told that the socket is full, postgres.js waits for all answers before it goes on.
    const options = { ...target, writableHighWaterMark: 4 * 1024 * 1024 }
    const socket = net.connect({ ...options, keepAlive: true, keepAliveInitialDelay: 10_000 })
    // postgres.js reads the TLS server name from here.
    Object.assign(socket, 'host' in target ? { host: target.host } : {})
    const timer = setTimeout(() => {
      socket.destroy(
        Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }),
      )
    }, timeoutMs)
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}
