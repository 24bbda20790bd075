import { setImmediate } from 'node:timers/promises'
import type { Connection, Row } from './connection.ts'
import { commandsBefore } from './driver/answers.ts'
import { connectionLost } from './driver/socket.ts'
import { findFailed, type Message, messagesOf } from './message.ts'
import { serverErrorIn } from './server-error.ts'

/** What is on its way at once, at most: enough to keep the server busy, little enough to hold in memory. */
const window = { messages: 250, characters: 1024 * 1024 }

/** What is sent before the rest is worded. */
const firstMessages = 4

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
 * `onDone` is told of each as it commits, with the last row that its statements returned.
 */
export async function pipelineTransactions(
  connection: Connection,
  transactions: Iterable<readonly string[]>,
  onDone: (transaction: number, lastRow: Row | undefined) => void = () => {},
  { apart = false } = {},
): Promise<PipelineFailure | null> {
  const source = messagesInOrder(transactions, apart)
  const sent: { readonly message: TransactionMessage; readonly answer: Promise<Answer> }[] = []
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
    const { failure, lastRow } = await answer
    // Those behind it have failed too, or wait for ever on a connection that is gone.
    if (failure) return { transaction: message.transaction, ...failure }
    if (message.isLast) onDone(message.transaction, lastRow)
    characters -= message.text.length
    // By the half, so that messages still travel together while the server always has some.
    if (sent.length <= most / 2 && characters <= window.characters / 2) fill()
  }
  return null
}

interface TransactionMessage extends Message {
  readonly transaction: number
  /** Ends its transaction. */
  readonly isLast: boolean
}

/** A message never holds statements of two transactions: the rest of one that fails must not begin in the middle. */
function* messagesInOrder(
  transactions: Iterable<readonly string[]>,
  apart: boolean,
): Generator<TransactionMessage, undefined> {
  let transaction = 0
  for (const statements of transactions) {
    for (const message of messagesOf(statements, apart)) {
      const isLast = message.first + message.starts.length === statements.length
      yield { ...message, transaction, isLast }
    }
    transaction += 1
  }
}

interface Answer {
  readonly failure: StatementFailure | null
  readonly lastRow: Row | undefined
}

/** Never rejects. */
async function send(connection: Connection, message: Message): Promise<Answer> {
  let lastRow: Row | undefined
  try {
    await connection.query(message.text, (row) => {
      lastRow = row
    })
    return { failure: null, lastRow }
  } catch (error) {
    const answer = serverErrorIn(error)
    const { statement, position } = findFailed(
      message,
      commandsBefore(error),
      Number(answer?.position),
    )
    // What names the statement shall also point into it, and not into the message.
    if (answer && position !== undefined) Object.assign(answer, { position: String(position) })
    const lost = connection.isLost() && !answer
    return {
      failure: { index: message.first + statement, error: lost ? connectionLost(error) : error },
      lastRow,
    }
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
