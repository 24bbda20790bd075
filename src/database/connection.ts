import { LimbeckError } from '../errors.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { learnArrayTypes } from './array-types.ts'
import type { Connection, ConnectionTarget, Row } from './connection-types.ts'
import { createBackend } from './driver/backend.ts'
import type { AskElsewhere } from './driver/look.ts'
import { pause } from './pause.ts'
import { codeOf, connectError, isServerError, isTransient, serverFacts } from './server-error.ts'
import { place } from './url.ts'

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

async function openConnection(target: ConnectionTarget, greet: string): Promise<Connection> {
  const deadline = Date.now() + target.connectTimeout
  for (let attempt = 0; ; attempt++) {
    const connection = createBackend(target, askElsewhere(target))
    try {
      const greeting = await greetAs(target.role, connection, greet)
      if (target.fetchTypes) await learnArrayTypes(connection)
      return { ...connection, greeting }
    } catch (error) {
      await connection.close()
      if (codeOf(error) === 'LIMBECK_PERMISSION_DENIED') throw error
      const retryInMs = Math.min(100 * 2 ** attempt, 2_000)
      if (!isTransient(error) || Date.now() + retryInMs > deadline || target.signal?.aborted)
        throw connectError(error, place(target.url))
      target.onRetry?.({ error: codeOf(error), retryInMs })
      await pause(retryInMs, target.signal, 'stopped while connecting')
    }
  }
}

/** Once, and as the user of the URL. */
function askElsewhere(target: ConnectionTarget): AskElsewhere {
  const { role, signal, ...other } = target
  const once = { ...other, connectTimeout: 0, fetchTypes: false }
  return (statement) =>
    withConnection(once, statement, async ({ greeting, announcedPid }) => ({
      answer: greeting,
      announcedPid: announcedPid(),
    }))
}

/** The role and the greeting share their round trip. A greeting that fails takes the role back: it is set again. */
async function greetAs(
  role: string | undefined,
  connection: Pick<Connection, 'query'>,
  greet: string,
) {
  if (role === undefined) return await greeting(connection, greet)
  const rows: Row[] = []
  const answer = await greeting(connection, `SET ROLE ${quoteIdentifier(role)};\n${greet}`, (row) =>
    rows.push(row),
  )
  if (!(answer instanceof Error)) return rows
  await setRole(connection, role)
  return answer
}

async function setRole({ query }: Pick<Connection, 'query'>, role: string): Promise<void> {
  try {
    await query(`SET ROLE ${quoteIdentifier(role)}`)
  } catch (error) {
    if (!isServerError(error)) throw error
    throw new LimbeckError('LIMBECK_PERMISSION_DENIED', `cannot SET ROLE: ${error.message}`, {
      ...serverFacts(error),
      hint: `Run \`GRANT ${quoteIdentifier(role)} TO …\` for the user of the URL.`,
    })
  }
}

/** FATAL errors refuse the connection, others are answers. */
async function greeting(
  { query }: Pick<Connection, 'query'>,
  greet: string,
  onRow?: (row: Row) => void,
) {
  return await query(greet, onRow).catch((error: unknown) => {
    if (isServerError(error) && error.severity === 'ERROR') return error
    throw error
  })
}
