import net from 'node:net'
import { LimbeckError } from '../../errors.ts'
import { isServerError, serverFacts } from '../server-error.ts'
import type { Endpoint } from '../url.ts'
import { secure, type TlsTarget } from './tls.ts'

/** What postgres.js has made of its options and the environment. */
interface DriverDefaults {
  readonly host: string[]
  readonly port: readonly number[]
}

/** A connection that is on its way before postgres.js asks for it. */
export interface Dialled {
  /** postgres.js's socket factory: gives the one socket. */
  readonly take: () => Promise<net.Socket>
  /** Begins to connect: a round trip sooner than postgres.js would, which thinks first. */
  readonly dial: (defaults: DriverDefaults) => void
}

/** Who is told of sockets: with TLS what TCP carries is another than the one that PostgreSQL is spoken to through. */
export interface SocketListener {
  readonly opened: (socket: net.Socket) => void
  /** Before the driver listens. */
  readonly ready: (socket: net.Socket) => void
}

/** One server, and how it is spoken to. */
export interface Destination {
  readonly endpoint: Endpoint
  readonly tls: TlsTarget
  readonly timeoutMs: number
}

/**
 * A socket for postgres.js that connects once and never again: a session that silently came back on another backend
 * would have neither the lock nor the transaction of the one before. `take` throws LIMBECK_CONNECTION_LOST the second
 * time, and the system's error when the host does not answer in time. */
export function oneSocket(destination: Destination, { opened, ready }: SocketListener): Dialled {
  let dialled: Promise<net.Socket> | undefined
  return {
    dial: (defaults) => {
      // postgres.js keeps quiet about a failure while it knows of further hosts; all of them are tried here.
      defaults.host.splice(1)
      dialled = open(destination, defaults, opened)
      dialled.catch(() => {})
    },
    take: async () => {
      const socket = await dialled
      dialled = undefined
      if (!socket) throw connectionLost()
      // From here on postgres.js listens; what went before it would not hear of.
      if (socket.destroyed) throw socket.errored ?? connectionLost()
      socket.removeAllListeners('error')
      ready(socket)
      return socket
    },
  }
}

async function open(
  { endpoint, tls, timeoutMs }: Destination,
  defaults: DriverDefaults,
  onSocket: (socket: net.Socket) => void,
): Promise<net.Socket> {
  // As with libpq, a socket of the same machine is not encrypted.
  if ('path' in endpoint) return await connect(endpoint, timeoutMs, onSocket)
  const { host = defaults.host[0] ?? 'localhost', port = defaults.port[0] ?? 5432 } = endpoint
  if (host.startsWith('/'))
    return await connect({ path: `${host}/.s.PGSQL.${port}` }, timeoutMs, onSocket)
  const socket = await connect({ host, port }, timeoutMs, onSocket)
  const timer = setTimeout(() => socket.destroy(noAnswer(timeoutMs)), timeoutMs)
  try {
    return await secure(socket, host, tls)
  } finally {
    clearTimeout(timer)
  }
}

const noAnswer = (ms: number) =>
  Object.assign(new Error(`no answer within ${ms} ms`), { code: 'ETIMEDOUT' })

/** The error of every query after the session is gone. */
export function connectionLost(cause?: unknown): LimbeckError {
  const lastWord = isServerError(cause) ? cause : undefined
  return new LimbeckError(
    'LIMBECK_CONNECTION_LOST',
    lastWord
      ? `PostgreSQL has ended the session: ${lastWord.message} (SQLSTATE ${lastWord.code}); what was not committed is rolled back`
      : 'the connection to PostgreSQL was lost; what was not committed is rolled back',
    {
      ...serverFacts(cause),
      hint: 'Run the command (or boot) again: it goes on where this one stopped.',
    },
  )
}

function connect(
  target: net.NetConnectOpts,
  timeoutMs: number,
  onSocket: (socket: net.Socket) => void,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    // Told that the socket is full, postgres.js waits for all answers before it goes on.
    const options = { ...target, writableHighWaterMark: 4 * 1024 * 1024 }
    const socket = net.connect({ ...options, keepAlive: true, keepAliveInitialDelay: 10_000 })
    onSocket(socket)
    const timer = setTimeout(() => socket.destroy(noAnswer(timeoutMs)), timeoutMs)
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
