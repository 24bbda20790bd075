import type { Socket } from 'node:net'
import postgres from 'postgres'
import type { Connection, ConnectionTarget, Row } from '../connection-types.ts'
import { isServerError } from '../server-error.ts'
import { allowSilence } from '../silence.ts'
import type { ServerUrl } from '../url.ts'
import { settingsOf } from '../url-parameters.ts'
import { completedBefore, completedWhenRejected, countCommands } from './answers.ts'
import { createBell } from './bell.ts'
import { type LastWord, listenForLastWord } from './last-word.ts'
import { type AskElsewhere, endSession, readActivity } from './session-activity.ts'
import { connectionLost, type Destination, oneSocket } from './socket.ts'
import { watch } from './watchdog.ts'

/** How long a server may take to let a client in, ms. */
export const handshakeTimeoutMs = 10_000

/** A connection before its first words are exchanged. */
export type Backend = Omit<
  Connection,
  | 'greeting'
  | 'isPooled'
  | 'currentSchema'
  | 'searchPath'
  | 'begin'
  | 'beginWith'
  | 'ask'
  | 'endpoint'
> & {
  /** What the server said of itself when it let the client in, where it did. */
  readonly parameter: (name: string) => string | undefined
}

interface BackendState {
  lost: boolean
  closing: boolean
  pid: number
  /** Queries that wait for their answers. */
  inFlight: number
  /** Characters of those. */
  uploading: number
  latest?: unknown
  /** What TCP carries. */
  socket?: Socket
  lastWord?: LastWord
  /** How many commands of the answer under way are complete. */
  commands?: () => number
  readonly opened: (socket: Socket) => void
  readonly ready: (socket: Socket) => void
}

function newState(): BackendState {
  const state: BackendState = {
    lost: false,
    closing: false,
    pid: 0,
    inFlight: 0,
    uploading: 0,
    opened: (socket) => {
      state.socket = socket
    },
    ready: (socket) => {
      state.commands = countCommands(socket)
      state.lastWord = listenForLastWord(socket)
    },
  }
  return state
}

/** Characters of a statement that a slow line takes longer for than the server waits for a word. */
const largeStatement = 1024 * 1024
/** Bytes a second that the slowest line carries. */
const slowestLine = 64 * 1024

/** Systems and proxies keep megabytes on their way: how far they are cannot be seen. */
const uploadMs = (characters: number) => Math.round((characters / slowestLine) * 1_000)

/** Bytes that the system has not taken yet; Node.js's own timeout of a socket looks there too. */
function queued(socket: Socket | undefined): number {
  const { _handle: handle } = (socket ?? {}) as { _handle?: { writeQueueSize?: number } | null }
  return handle?.writeQueueSize ?? 0
}

/** postgres.js hangs what the server announced on the query that it has sent. */
function pidOf(query: unknown): number | undefined {
  return (query as { state?: { pid: number } } | undefined)?.state?.pid
}

/** postgres.js on one backend, watched. It connects at once, for a query that follows. `elsewhere` asks on another connection. */
export function createBackend(
  target: ConnectionTarget,
  server: ServerUrl,
  destination: Destination,
  elsewhere: AskElsewhere,
): Backend {
  const state = newState()
  const bell = createBell()
  const end = (timeout: number) => sql.end({ timeout })
  const socket = oneSocket(destination, state)
  const sql = openDriver(target, server, {
    onnotify: bell.ring,
    onclose: () => {
      state.lost = true
      // postgres.js would leave alone for ever what it was given between the error and the end of its socket.
      void end(0)
    },
    socket: socket.take,
  })
  socket.dial(sql.options)
  const lastWord = () => (state.lost ? state.lastWord?.() : undefined)
  const announcedPid = () => pidOf(state.latest) ?? state.pid
  const query = async <T extends Row>(
    statement: string,
    onRow?: (row: T) => void,
  ): Promise<readonly T[]> => {
    if (state.lost) throw connectionLost(lastWord())
    if (statement.length > largeStatement)
      void sql.unsafe(allowSilence(uploadMs(statement.length))).catch(() => {})
    const sent = sql.unsafe<T[]>(statement)
    const completed = completedWhenRejected(sent, () => state.commands?.() ?? 0)
    state.latest = sent
    state.inFlight += 1
    state.uploading += statement.length
    try {
      return await (onRow ? sent.forEach(onRow as never) : sent)
    } catch (error) {
      // Known before onclose: nothing more may be sent. A session that has not begun cannot be lost.
      state.lost ||= !isServerError(error) && announcedPid() !== 0
      const failure = state.lost ? connectionLost(lastWord() ?? error) : error
      throw completedBefore(failure, completed())
    } finally {
      state.inFlight -= 1
      state.uploading -= statement.length
      state.pid = pidOf(sent) ?? state.pid
    }
  }
  const unwatch = watch(
    {
      ...signsOf(state),
      activity: () => readActivity(announcedPid(), elsewhere),
      knock: () => void query('SELECT 1').catch(() => {}),
      end: () => endSession(announcedPid(), elsewhere),
    },
    target.signal,
  )
  return {
    sql,
    query,
    parameter: (name) => (sql.parameters as Readonly<Record<string, string>>)[name],
    announcedPid,
    isLost: () => state.lost,
    lastWord,
    notified: bell.rung,
    close: async () => {
      if (state.closing) return
      state.closing = true
      unwatch()
      await end(state.lost ? 0 : 5)
    },
  }
}

/** What the watchdog goes by, and what it drops. */
const signsOf = (state: BackendState) => ({
  heard: () => `${state.socket?.bytesRead} ${queued(state.socket)}`,
  upload: () => uploadMs(state.uploading),
  inFlight: () => state.inFlight,
  abandon: () => state.socket?.destroy(),
})

/** What postgres.js knows and its types do not. */
interface Wiring {
  readonly onnotify: () => void
  readonly onclose: () => void
  readonly socket: unknown
}

// It is given what the URL says, and never the URL: how it reads one is another matter.
function openDriver(target: ConnectionTarget, server: ServerUrl, wiring: Wiring) {
  const { user, password, database, parameters } = server
  return postgres({
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
    ...(password === undefined ? {} : { password }),
    ssl: false,
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    // More than is ever on its way: what exceeds it would wait for all answers.
    max_pipeline: 1_000,
    prepare: false,
    fetch_types: false,
    connect_timeout: handshakeTimeoutMs / 1000,
    connection: {
      application_name: parameters.get('application_name') || target.applicationName,
      ...settingsOf(parameters),
    },
    onnotice: (notice) =>
      target.onNotice?.({
        severity: notice.severity ?? '',
        message: notice.message ?? '',
        code: notice.code ?? '',
      }),
    ...(target.password ? { password: target.password } : {}),
    ...wiring,
  } as postgres.Options<Record<string, never>>)
}
