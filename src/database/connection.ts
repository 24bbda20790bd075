import { LimbeckError } from '../errors.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { learnArrayTypes } from './array-types.ts'
import type { Connection, ConnectionTarget, Row } from './connection-types.ts'
import { type Backend, createBackend, handshakeTimeoutMs } from './driver/backend.ts'
import type { AskElsewhere } from './driver/session-activity.ts'
import type { Destination } from './driver/socket.ts'
import { tlsTarget } from './driver/tls.ts'
import { ownPath } from './own-path.ts'
import { pause } from './pause.ts'
import {
  codeOf,
  connectError,
  isServerError,
  isTransient,
  type ServerError,
  serverFacts,
} from './server-error.ts'
import { isWanted, noServer, standInFor, unwantedServer, wantedServer } from './target-server.ts'
import { type Endpoint, endpointText, parseUrl, serverName } from './url.ts'

export type { Connection, ConnectionTarget, Row } from './connection-types.ts'

/**
 * Opens one dedicated connection, hands it to `work` and closes it, whatever happens. Connecting and the
 * statement `greet` share their round trip.
 * Throws LIMBECK_CONNECTION_FAILED, LIMBECK_AUTHENTICATION_FAILED or LIMBECK_DATABASE_MISSING.
 */
export async function withConnection<T>(
  target: ConnectionTarget,
  greet: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(target, greet)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** The same, to be closed by the caller. */
export async function openConnection(target: ConnectionTarget, greet: string): Promise<Connection> {
  const deadline = performance.now() + target.connectTimeoutMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await openWanted(target, greet)
    } catch (error) {
      if (error instanceof LimbeckError && isFinal.includes(error.code)) throw error
      const retryInMs = Math.min(100 * 2 ** attempt, 2_000)
      const isLate = performance.now() + retryInMs > deadline
      if (!isTransient(error) || isLate || target.signal?.aborted)
        throw connectError(error, serverName(target.url))
      target.onRetry?.({ error: codeOf(error), retryInMs })
      await pause(retryInMs, target.signal, 'stopped while connecting')
    }
  }
}

/** Already said in the words that it needs. */
const isFinal: readonly string[] = ['LIMBECK_PERMISSION_DENIED', 'LIMBECK_INVALID_OPTION']

/** The first of the URL's servers that answers and is the kind that is wanted. */
async function openWanted(target: ConnectionTarget, greet: string): Promise<Connection> {
  const { endpoints, parameters } = parseUrl(target.url, 'url')
  const tried = target.endpoint ? [target.endpoint] : endpoints
  const wanted = wantedServer(parameters.get('target_session_attrs'), tried.length)
  const failures: [string, unknown][] = []
  let standIn: Endpoint | undefined
  for (const endpoint of tried) {
    try {
      const connection = await openAt(target, endpoint, greet)
      let isRight = false
      try {
        isRight = await isWanted(connection, wanted)
        if (isRight) return connection
      } finally {
        if (!isRight) await connection.close()
      }
      standIn ??= endpoint
      throw unwantedServer(wanted)
    } catch (error) {
      if (!isTransient(error)) throw error
      failures.push([endpointText(endpoint), error])
    }
  }
  if (standIn && standInFor(wanted)) return await openAt(target, standIn, greet)
  throw noServer(failures)
}

async function openAt(
  target: ConnectionTarget,
  endpoint: Endpoint,
  greet: string,
): Promise<Connection & { readonly parameter: Backend['parameter'] }> {
  const server = parseUrl(target.url, 'url')
  const seconds = Number(server.parameters.get('connect_timeout') ?? 0)
  const destination: Destination = {
    endpoint,
    tls: tlsTarget(target.ssl, server.parameters),
    timeoutMs: seconds > 0 ? seconds * 1000 : handshakeTimeoutMs,
  }
  const backend = createBackend(target, server, destination, askElsewhere({ ...target, endpoint }))
  try {
    const connection = { ...(await greetAs(target.role, backend, greet)), endpoint }
    if (target.fetchTypes) await learnArrayTypes(connection)
    return connection
  } catch (error) {
    await backend.close()
    throw error
  }
}

/** Once, and as the user of the URL. */
function askElsewhere(target: ConnectionTarget): AskElsewhere {
  const { role, signal, ...other } = target
  const once = { ...other, connectTimeoutMs: 0, fetchTypes: false }
  return (statement) =>
    withConnection(once, statement, async ({ greeting, announcedPid }) => ({
      answer: greeting,
      announcedPid: announcedPid(),
    }))
}

// Sent along with a statement they make a transaction of it: they end with it, and a pooler's backend keeps nothing.
const pinned = `${ownPath}; `
const backendPid = 'SELECT pg_catalog.pg_backend_pid() AS limbeck_backend; '
const currentSchema =
  "SELECT pg_catalog.current_schema() AS limbeck_schema, pg_catalog.current_setting('search_path') AS limbeck_path; "

/** Who answers, the role and the greeting share their round trip. */
async function greetAs(role: string | undefined, backend: Backend, greet: string) {
  const setRole = role === undefined ? '' : `SET LOCAL ROLE ${quoteIdentifier(role)};\n`
  const rows: Row[] = []
  // As the role, and before the path is pinned: where this connection's own names lead.
  const message = `${backendPid}${setRole}${currentSchema}${pinned}${greet}`
  const answer = await backend.query(message, (row) => rows.push(row)).catch(answerOf)
  const isPooled = rows.shift()?.limbeck_backend !== backend.announcedPid()
  const { limbeck_schema: schema, limbeck_path: path } = rows.shift() ?? {}
  // One that failed took the role back before it was of use, or failed because of it.
  if (role !== undefined && answer instanceof Error)
    await become(backend, role, isPooled ? 'LOCAL ' : '')
  const begin = ['BEGIN', ...(isPooled && setRole ? [setRole.trim().slice(0, -1)] : [])]
  const local = `${pinned}${isPooled ? setRole : ''}`
  const query = isPooled || role === undefined ? backend.query : asRole(backend, role)
  return {
    ...backend,
    query,
    ask: <T extends Row>(statement: string, onRow?: (row: T) => void) =>
      collect(query, `${local}${statement}`, onRow),
    begin,
    beginWith: (statement: string) => void begin.push(statement),
    isPooled,
    currentSchema: typeof schema === 'string' ? schema : null,
    searchPath: typeof path === 'string' && !isPooled ? path : null,
    greeting: answer instanceof Error ? answer : rows,
  }
}

/** Rows of all statements of a message; only the last of them is expected to have some. */
async function collect<T extends Row>(
  query: Connection['query'],
  message: string,
  onRow?: (row: T) => void,
): Promise<readonly T[]> {
  const rows: T[] = []
  await query<T>(message, onRow ?? ((row) => rows.push(row)))
  return rows
}

/** Takes the role on before the first statement: a connection that only greets does without another message. */
function asRole(backend: Backend, role: string): Connection['query'] {
  let isSet = false
  return async (statement, onRow) => {
    if (isSet) return await backend.query(statement, onRow)
    isSet = true
    const [, rows] = await Promise.all([
      backend.query(`SET ROLE ${quoteIdentifier(role)}`),
      backend.query(statement, onRow),
    ])
    return rows
  }
}

async function become({ query }: Backend, role: string, local: 'LOCAL ' | ''): Promise<void> {
  try {
    await query(`${ownPath};\nSET ${local}ROLE ${quoteIdentifier(role)}`)
  } catch (error) {
    if (!isServerError(error)) throw error
    throw new LimbeckError('LIMBECK_PERMISSION_DENIED', `cannot SET ROLE: ${error.message}`, {
      ...serverFacts(error),
      hint: `Run \`GRANT ${quoteIdentifier(role)} TO …\` for the user of the URL.`,
    })
  }
}

/** FATAL errors refuse the connection, others are answers. */
function answerOf(error: unknown): ServerError {
  if (isServerError(error) && error.severity === 'ERROR') return error
  throw error
}
