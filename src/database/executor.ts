import { setImmediate } from 'node:timers/promises'
import type { Connection, Row } from './connection.ts'
import { commandsBefore } from './driver/answers.ts'
import { connectionLost } from './driver/socket.ts'
import {
  committedBefore,
  findFailed,
  type PackedMessage,
  type Packing,
  packed,
  statementAt,
} from './message.ts'
import { serverErrorIn } from './server-error.ts'

/** What is on its way at once, at most: enough to keep the server busy, little enough to hold in memory. */
const window = { messages: 250, characters: 1024 * 1024 }

/** What is sent before the rest is worded. */
const firstMessages = 2

/** Where a transaction stopped: the statements before `index` succeeded. */
export interface StatementFailure {
  readonly index: number
  readonly error: unknown
}

/** Where a sequence of transactions stopped: those before `transaction` are committed, it and those after are not. */
export interface PipelineFailure extends StatementFailure {
  readonly transaction: number
}

/**
 * Sends the statements of a transaction, a command each, without waiting for each answer and returns the first that failed, or null.
 * With `apart` nothing is sent between them: `SET TRANSACTION` bears no query before it.
 * Safe inside a transaction block only: after a failure PostgreSQL refuses the rest by itself, and a COMMIT among
 * them rolls back.
 */
export function pipeline(
  connection: Connection,
  statements: readonly string[],
  { apart = false } = {},
): Promise<StatementFailure | null> {
  return pipelineTransactions(connection, [statements], () => {}, { apart })
}

/**
 * As `pipeline`, for several transactions, each from its BEGIN to its COMMIT: the next ones are sent while the first
 * still runs. None may get through when the one before it has failed: its BEGIN is refused while the failed one is open,
 * and each must make sure of its predecessor, in the message that begins it, for the case that a COMMIT failed.
 * `onDone` is told of each that has committed, with the last row that its statements returned. A mistake that the parser sees stops
 * all of a message: then the transaction that is named is not the first one that has not committed.
 */
export async function pipelineTransactions(
  connection: Connection,
  transactions: Iterable<readonly string[]>,
  onDone: (transaction: number, lastRow: Row | undefined) => void = () => {},
  packing: Packing = {},
): Promise<PipelineFailure | null> {
  const source = packed(transactions, packing)
  const sent: { readonly message: PackedMessage; readonly answer: Promise<Answer> }[] = []
  let characters = 0
  // PgBouncer gives the answers behind one that failed to whatever is asked next.
  const most = connection.isPooled ? 1 : window.messages
  const fill = (messages = most) => {
    while (sent.length < Math.min(messages, most) && characters < window.characters) {
      const { value: message } = source.next()
      if (!message) return
      characters += message.text.length
      sent.push({ message, answer: send(connection, message) })
    }
  }
  // The server begins with the first ones while the others are being worded.
  fill(firstMessages)
  await setImmediate()
  fill()
  for (let next = sent.shift(); next; next = sent.shift()) {
    const { message, answer } = next
    const { failure, commands, rows } = await answer
    const committed = failure ? committedBefore(message, commands) : message.ends.length
    for (let at = 0; at < committed; at++)
      onDone(message.transaction + at, rows[message.isJoint ? at : rows.length - 1])
    // Those behind it have failed too, or wait for ever on a connection that is gone.
    if (failure) return failure
    characters -= message.text.length
    // By the half, so that messages still travel together while the server always has some.
    if (sent.length <= most / 2 && characters <= window.characters / 2) fill()
  }
  return null
}

interface Answer {
  readonly failure: PipelineFailure | null
  /** How many commands were complete when it failed. */
  readonly commands: number
  /** All of a joint message, else the last one. */
  readonly rows: readonly Row[]
}

/** Never rejects. */
async function send(connection: Connection, message: PackedMessage): Promise<Answer> {
  const rows: Row[] = []
  try {
    await connection.query(message.text, (row) => {
      if (!message.isJoint) rows.length = 0
      rows.push(row)
    })
    return { failure: null, commands: 0, rows }
  } catch (error) {
    const answer = serverErrorIn(error)
    const commands = commandsBefore(error)
    const found = findFailed(message, commands, Number(answer?.position))
    // What names the statement shall also point into it, and not into the message.
    if (answer) Object.assign(answer, { position: found.position?.toString() })
    const lost = connection.isLost() && !answer
    const failure = {
      ...statementAt(message, found.statement),
      error: lost ? connectionLost(error) : error,
    }
    return { failure, commands, rows }
  }
}

/** Whether trying again may help: another session's lock was in the way, a deadlock was broken, or serializable transactions met. */
export function isLockFailure(error: unknown): boolean {
  return ['55P03', '40P01', '40001'].includes(serverErrorIn(error)?.code ?? '')
}

/** Makes durable what was committed with synchronous_commit off: one more commit waits for all before it. */
export async function flushCommits(connection: Connection): Promise<void> {
  if (connection.isLost()) return
  // The shortest transaction that writes to the log; its message is not read.
  await connection.ask(`SELECT pg_logical_emit_message(true, 'limbeck', '')`).catch(() => {})
}
